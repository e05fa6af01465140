"""Each named fault of a source leads to the outcome that PIPELINE.md 10 gives it, at the connectors."""

import pytest

from connectors import kela, sote, te
from connectors.errors import (
    AccessRefused,
    OurBug,
    PageRefused,
    PagingBroken,
    ProviderBroken,
    SourceChanged,
    SourceDown,
    StampInFuture,
    StampTooOld,
)
from schemas.vocabulary import Category
from simulators.faults import Fault, FaultName
from tests.asking import a_simulation
from tests.sources import Naps, a_kela, a_sote, a_te, part_of, pulled

PEOPLE = 60


@pytest.fixture(scope="module")
def _simulation():
    return a_simulation(people=PEOPLE)


@pytest.fixture
def simulation(_simulation):
    yield _simulation
    _simulation.faults.clear()


@pytest.fixture(params=["te", "kela", "sote"])
def pull(request, simulation):
    """Pull everything of a source, in several pages, with its naps at hand."""

    def pull(fault=None, **more):
        if fault is not None:
            simulation.faults.plan(Fault(name=fault, source=pull.source, **more))
        return pulled(pull.connector)

    pull.naps = Naps()
    pull.source = request.param
    pull.connector = connector(request.param, simulation, pull.naps)
    return pull


def connector(source, simulation, naps):
    if source == "te":
        return a_te(simulation, naps=naps, page_records=20)
    if source == "kela":
        return a_kela(simulation, naps=naps, page_persons=10)
    population = simulation.world.population
    people = [(population.identity(index).hetu, Category) for index in population.in_county("12")]
    return a_sote(simulation, people, naps=naps)


def bodies(pages):
    return sorted(page.body for page in pages)


TRANSIENT = [
    FaultName.TOO_MANY_REQUESTS,
    FaultName.MAINTENANCE,
    FaultName.SERVER_ERROR,
    FaultName.TIME_OUT,
    FaultName.CUT,
    FaultName.HALF_BODY,
]


@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_passing_fault_is_waited_out_and_changes_nothing(pull, fault):
    undisturbed = sum(page.records for page in pull())

    pages = pull(fault, skip=1, times=2)

    assert sum(page.records for page in pages) == undisturbed
    assert len(pull.naps) == 2


@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_fault_that_stays_is_a_source_that_is_down(pull, fault):
    with pytest.raises(SourceDown):
        pull(fault, times=None)

    assert len(pull.naps) == 3


@pytest.mark.parametrize("pull", ["te", "sote"], indirect=True)
def test_the_source_says_how_long_to_wait(pull):
    pull(FaultName.TOO_MANY_REQUESTS, amount=77)

    assert pull.naps == [77]


@pytest.mark.parametrize("pull", ["te", "sote"], indirect=True)
def test_a_source_that_wants_more_than_two_minutes_is_left_alone(pull):
    with pytest.raises(SourceDown, match="left alone for 121 s"):
        pull(FaultName.MAINTENANCE, amount=121)

    assert pull.naps == []


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("server.serverproxy.access_denied", AccessRefused),
        ("server.serverproxy.unknown_service", AccessRefused),
        ("client.missing_header_field", OurBug),
        ("server.serverproxy.service_failed.invalid_content_type", ProviderBroken),
        ("server.clientproxy.network_error", SourceDown),
    ],
)
def test_an_error_of_x_road_falls_into_its_group(pull, code, error):
    with pytest.raises(error):
        pull(FaultName.XROAD_ERROR, detail=code, times=None)

    assert len(pull.naps) == (3 if error is SourceDown else 0)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (FaultName.FORBIDDEN, AccessRefused),
        (FaultName.GONE, StampTooOld),
        (FaultName.OTHER_MESSAGE, ProviderBroken),
        (FaultName.OVERSIZED_PAGE, PageRefused),
        (FaultName.GZIP_BOMB, PageRefused),
        (FaultName.DEEP_NESTING, PageRefused),
        (FaultName.LONG_VALUE, PageRefused),
        (FaultName.DOCTYPE, PageRefused),
        (FaultName.ENTITY_BOMB, PageRefused),
        (FaultName.EXTERNAL_ENTITY, PageRefused),
        (FaultName.WRONG_CHARSET, PageRefused),
    ],
)
def test_a_fault_that_waiting_does_not_mend_fails_the_batch_at_once(pull, fault, error):
    with pytest.raises(error):
        pull(fault)

    assert pull.naps == []


@pytest.mark.parametrize("pull", ["te", "sote"], indirect=True)
def test_a_redirect_is_never_followed(pull):
    with pytest.raises(ProviderBroken):
        pull(FaultName.REDIRECT)


def test_a_watermark_in_the_future_fails_the_run(pull):
    with pytest.raises(StampInFuture):
        pull(FaultName.STAMP_IN_FUTURE)


@pytest.mark.parametrize("source", ["te", "kela"])
@pytest.mark.parametrize("fault", [FaultName.STAMP_MOVED, FaultName.CURSOR_SEEN])
def test_a_window_that_moves_or_a_cursor_that_comes_back_fails_the_batch(simulation, source, fault):
    simulation.faults.plan(Fault(name=fault, source=source, times=None))

    with pytest.raises(PagingBroken):
        pulled(connector(source, simulation, Naps()))


def test_a_repeated_page_folds(pull):
    undisturbed = pull()

    pages = pull(FaultName.REPEATED_PAGE, times=None)

    assert sum(page.records for page in pages) == sum(page.records for page in undisturbed)


PARSE = {"te": te.parse, "kela": kela.parse, "sote": sote.parse}


def test_a_record_that_cannot_be_read_costs_itself_alone(pull):
    undisturbed = PARSE[pull.source](part_of(pull()))

    damaged = PARSE[pull.source](part_of(pull(FaultName.MALFORMED_RECORD)))

    assert len(damaged.malformed) == 1
    lost = sum(frame.height for frame in undisturbed.frames.values()) - sum(
        frame.height for frame in damaged.frames.values()
    )
    assert 1 <= lost <= 12


@pytest.mark.parametrize(
    ("fault", "error"), [(FaultName.FOREIGN_LINK, ProviderBroken), (FaultName.CURSOR_SEEN, PagingBroken)]
)
def test_a_countys_link_that_leads_away_or_comes_back_fails_the_batch(simulation, monkeypatch, fault, error):
    monkeypatch.setattr("connectors.sote.pages.PAGE_RECORDS", 3)
    simulation.faults.plan(Fault(name=fault, source="sote", times=None))

    with pytest.raises(error):
        pulled(connector("sote", simulation, Naps()))


def test_pages_in_another_order_hold_the_same(simulation):
    undisturbed = te.parse(part_of(pulled(connector("te", simulation, Naps()))))
    simulation.faults.plan(Fault(name=FaultName.REORDERED_PAGES, source="te", times=None))

    reordered = te.parse(part_of(pulled(connector("te", simulation, Naps()))))

    for record, frame in undisturbed.frames.items():
        assert frame.drop("locator").sort("id").equals(reordered.frames[record].drop("locator").sort("id"))


def test_a_page_that_declares_its_own_charset_is_read_in_it(simulation):
    undisturbed = kela.parse(part_of(pulled(connector("kela", simulation, Naps()))))
    simulation.faults.plan(Fault(name=FaultName.WRONG_CHARSET, detail="utf-16", source="kela", times=None))

    in_utf16 = kela.parse(part_of(pulled(connector("kela", simulation, Naps()))))

    assert all(frame.equals(in_utf16.frames[record]) for record, frame in undisturbed.frames.items())


def test_json_in_utf_16_is_refused(simulation):
    simulation.faults.plan(Fault(name=FaultName.WRONG_CHARSET, detail="utf-16", source="te"))

    with pytest.raises(PageRefused):
        pulled(connector("te", simulation, Naps()))


def test_an_element_that_kelas_contract_does_not_name_stops_the_batch_by_its_path(simulation):
    simulation.faults.plan(Fault(name=FaultName.CHANGED_SHAPE, source="kela", detail="etuus"))
    pages = pulled(connector("kela", simulation, Naps()))

    with pytest.raises(SourceChanged) as changed:
        kela.parse(part_of(pages))

    assert changed.value.path.endswith("/uusiEtuus")


def test_a_field_that_tes_contract_does_not_name_is_dropped_and_counted(simulation):
    simulation.faults.plan(Fault(name=FaultName.CHANGED_SHAPE, source="te", path="tyonhakijat", detail="sukunimi"))

    parsed = te.parse(part_of(pulled(connector("te", simulation, Naps()))))

    assert parsed.unknown_fields["Tyonhakija.uusiSukunimi"] == 20


@pytest.mark.parametrize(
    ("source", "field"),
    [("te", "vesileima"), ("te", "jatko"), ("kela", "vesileima"), ("sote", "entry"), ("sote", "link")],
)
def test_a_shape_that_paging_stands_on_stops_the_pull_by_its_path(simulation, source, field):
    simulation.faults.plan(Fault(name=FaultName.CHANGED_SHAPE, source=source, detail=field))

    with pytest.raises(SourceChanged) as changed:
        pulled(connector(source, simulation, Naps()))

    assert changed.value.path.lower().endswith(field)
