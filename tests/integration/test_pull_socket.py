"""The connectors on a real socket: what only a connection can do, it does here: silence, cuts, streams of any length."""

import threading
import time

import httpx
import pytest
import uvicorn

from connectors import kela, sote, te
from connectors.errors import PageRefused
from schemas.vocabulary import Category
from simulators.app import create_app
from simulators.faults import Fault, FaultName
from simulators.sote import COUNTIES
from tests.asking import a_simulation
from tests.sources import SERVICES, Naps, a_kela, a_sote, a_te, a_transport, part_of, present, pulled


@pytest.fixture(scope="module")
def _simulation():
    return a_simulation(people=60)


@pytest.fixture(scope="module")
def socket(_simulation, tmp_path_factory):
    path = tmp_path_factory.mktemp("s") / "s"
    server = uvicorn.Server(
        uvicorn.Config(create_app(_simulation), uds=str(path), ws="none", lifespan="off", log_config=None)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while thread.is_alive() and not server.started:
        time.sleep(0.01)
    yield path
    server.should_exit = True
    thread.join()


@pytest.fixture
def simulation(_simulation):
    yield _simulation
    _simulation.faults.clear()


@pytest.fixture
def http(socket):
    transport = httpx.HTTPTransport(uds=str(socket))
    with httpx.Client(transport=transport, timeout=httpx.Timeout(20), follow_redirects=False) as http:
        yield http


def over(http, service, naps=None):
    return a_transport(http, service, naps=Naps() if naps is None else naps)


def test_what_comes_over_a_socket_is_what_comes_in_process(simulation, http):
    now = present(simulation)
    people = [
        (simulation.world.population.identity(i).hetu, Category) for i in simulation.world.population.in_county("12")
    ]
    beside = [
        (te.Te(transport=over(http, SERVICES["te"]), area="36", now=now), a_te(simulation), te),
        (kela.Kela(transport=over(http, SERVICES["kela"]), area="36", now=now), a_kela(simulation), kela),
        (
            a_sote(simulation, people, transport=over(http, str(COUNTIES["12"].service("FI-TEST")))),
            a_sote(simulation, people),
            sote,
        ),
    ]

    for on_socket, in_process, source in beside:
        ours, theirs = (source.parse(part_of(pulled(one))).frames for one in (on_socket, in_process))
        assert ours.keys() == theirs.keys()
        assert all(frame.equals(theirs[record]) for record, frame in ours.items())


@pytest.mark.parametrize("fault", [FaultName.CUT, FaultName.TIME_OUT, FaultName.HALF_BODY])
def test_a_connection_that_fails_is_tried_again(simulation, http, fault):
    naps, http.timeout = Naps(), httpx.Timeout(1)
    connector = te.Te(transport=over(http, SERVICES["te"], naps), area="36", now=present(simulation))
    undisturbed = sum(page.records for page in pulled(connector))
    simulation.faults.plan(Fault(name=fault, source="te", amount=2, times=2))

    assert sum(page.records for page in pulled(connector)) == undisturbed
    assert len(naps) == 2


@pytest.mark.parametrize("fault", [FaultName.OVERSIZED_PAGE, FaultName.GZIP_BOMB])
def test_an_answer_over_a_limit_is_broken_off(simulation, http, fault):
    connector = te.Te(transport=over(http, SERVICES["te"]), area="36", now=present(simulation))
    simulation.faults.plan(Fault(name=fault, source="te"))

    with pytest.raises(PageRefused):
        pulled(connector)
