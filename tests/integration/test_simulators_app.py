"""The stand-ins on a real socket: pages, silence, broken connections, large bodies, and the controls."""

import threading
import time
from contextlib import contextmanager

import httpx
import pytest
import uvicorn

from simulators.app import create_app
from tests.asking import TE, TODAY, a_simulation, benefits, te_list

AREA = {"tyollisyysalue": "36"}


@contextmanager
def served(app, socket):
    """Serve an app on a unix socket for the length of a block."""
    server = uvicorn.Server(uvicorn.Config(app, uds=str(socket), ws="none", lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while thread.is_alive() and not server.started:
        time.sleep(0.01)
    try:
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://turvapalvelin") as http:
            yield http
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def simulation():
    return a_simulation(people=100)


@pytest.fixture(scope="module")
def http(simulation, tmp_path_factory):
    with served(create_app(simulation), tmp_path_factory.mktemp("s") / "s") as http:
        yield http


@pytest.fixture(autouse=True)
def no_faults(http):
    http.delete("/control/faults").raise_for_status()
    http.delete("/control/asked").raise_for_status()


def sent(http, request, **more):
    target = f"{request.path}?{request.query}" if request.query else request.path
    return http.request(request.method, target, headers=list(request.headers), content=request.body or None, **more)


def plan(http, name, **more):
    answer = http.post("/control/faults", json={"name": name} | more)
    assert answer.status_code == 201


def test_a_page_comes_over_the_wire_as_it_is_in_process(http, simulation):
    in_process = simulation.server.answer(te_list("tyonhakijat"))

    answer = sent(http, te_list("tyonhakijat"))

    assert answer.content == in_process.body
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert answer.headers["x-road-service"] == "FI-TEST/GOV/2296962-1/asiakastietovaranto/asiakastiedot"


def test_soap_goes_to_the_root(http):
    answer = sent(http, benefits())

    assert answer.status_code == 200
    assert b"HaeEtuudetResponse" in answer.content


def test_an_encoded_slash_stays_part_of_its_name(http):
    answer = http.get(
        "/r1/FI-TEST/GOV/2296962-1%2Fasiakastietovaranto/asiakastiedot/v1/x/y",
        headers={"x-road-client": "FI-TEST/MUN/0166906-4/luukku"},
    )

    assert answer.headers["x-road-error"] == "server.clientproxy.unknown_member"


def test_silence_ends_the_consumers_patience_and_the_next_call_goes_well(http):
    plan(http, "time-out", amount=30)

    with pytest.raises(httpx.ReadTimeout):
        sent(http, te_list("tyonhakijat"), timeout=0.2)

    assert sent(http, te_list("tyonhakijat")).status_code == 200


def test_a_short_silence_is_only_a_delay(http):
    plan(http, "time-out", amount=0.05)

    assert sent(http, te_list("tyonhakijat")).status_code == 200


@pytest.mark.parametrize("request_", [te_list("tyonhakijat"), benefits()])
def test_a_cut_breaks_the_connection_in_the_middle_of_the_body(http, request_):
    plan(http, "cut")

    with pytest.raises(httpx.RemoteProtocolError):
        sent(http, request_)


def test_a_large_page_flows_without_being_held(http):
    plan(http, "oversized-page", amount=20_000_000)

    with http.stream("GET", f"{TE}/tyonhakijat", params=AREA, headers=dict(te_list("x").headers)) as answer:
        received = sum(len(chunk) for chunk in answer.iter_bytes())

    assert received > 20_000_000


def test_planned_faults_are_listed_until_they_have_struck(http):
    plan(http, "server-error", source="te", times=1)
    waiting = http.get("/control/faults").json()

    status = sent(http, te_list("tyonhakijat")).status_code

    assert [fault["name"] for fault in waiting] == ["server-error"]
    assert status == 500
    assert http.get("/control/faults").json() == []


@pytest.mark.parametrize("fault", [{"name": "olematon"}, {"name": "broken-rows", "detail": "olematon"}])
def test_a_fault_that_there_is_not_is_refused(http, fault):
    assert http.post("/control/faults", json=fault).status_code == 422


def test_what_was_asked_is_told_in_numbers_only(http):
    sent(http, te_list("tyonhakijat"))
    sent(http, benefits(people=["120384-9128", "010101-999X"]))

    told = http.get("/control/asked")

    assert told.json() == {"te": {"v1/tyonhakijat": 1}, "kela": {"HaeEtuudet": 1, "henkilotunnus": 2}}
    assert "120384" not in told.text


def test_a_day_passes_when_told(tmp_path):
    simulation = a_simulation(people=100)
    with served(create_app(simulation), tmp_path / "s") as http:
        before = http.get("/control/day").json()
        after = http.post("/control/day").json()

    assert before["today"] == str(TODAY)
    assert after["today"] > before["today"]
    assert after["closing"] > before["closing"]


def test_the_stand_ins_say_when_they_are_ready(http):
    assert http.get("/control/ready").json() == {"status": "ready"}
