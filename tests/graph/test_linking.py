import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

import pytest
from clew.graph.linking import ResourceGraph, link
from clew.graph.model import (
    ListingStatus,
    MissingReason,
    Resource,
    Scope,
    Status,
    UnknownResource,
    field,
    ref,
)
from clew.graph.schema import EdgeType
from hypothesis import given, settings
from hypothesis import strategies as st

OURS, ALSO_OURS, THEIRS = "111122223333", "444455556666", "999900001111"
EAST, WEST, UNSCANNED = "us-east-1", "eu-west-1", "eu-central-1"


class AWS(Resource):
    provider = "aws"
    owner_identity = "arn:{partition}:{service}:{region}:{account}:{rest}"


class Key(AWS):
    label = "LinkedKey"
    identity = "arn:{partition}:kms:{region}:{account}:key/{key_id}"
    short_names: ClassVar[Mapping[str, str]] = {
        "alias/{alias}": "arn:{partition}:kms:{region}:{account}:alias/{alias}"
    }
    listing_omits = ("arn:{partition}:kms:{region}:{account}:key/hidden-{key_id}",)

    key_id: str | None = field("Id.")
    aliases: list[str] | None = field("Aliases.")


class Role(AWS):
    label = "LinkedRole"
    identity = "arn:{partition}:iam::{account}:role{path}{name}"
    unique_within = "account"

    path: str | None = field("Path.")


class User(AWS):
    label = "LinkedUser"
    identity = "arn:{partition}:iam::{account}:user/{name}"
    listing_omits = ("arn:{partition}:sts::{account}:guest/{name}",)
    unique_within = "account"


class Bucket(AWS):
    label = "LinkedBucket"
    identity = "arn:{partition}:s3:::{name}"
    unique_within = "global"


class Balancer(AWS):
    label = "LinkedBalancer"
    identity = "arn:{partition}:elb:{region}:{account}:balancer/{name}"
    global_keys = ("dns_name",)

    dns_name: str | None = field("Name in the DNS.")


class Group(AWS):
    label = "LinkedGroup"
    identity = "arn:{partition}:iam::{account}:group/{name}"
    unique_within = "account"

    member_ids: list[str] | None = ref("LinkedRole", by="id", rel="MEMBER_OF", inverse=True)


class Thing(Resource):
    """Refers in every way; what a test does not set is read and empty."""

    provider = "aws"
    label = "LinkedThing"
    identity = "arn:{partition}:thing:{region}:{account}:{name}"

    bucket: str | None = ref("LinkedBucket", by="name", rel="LOGS_TO")
    key: str | None = ref("LinkedKey", by=("id", "key_id", "aliases"), rel="ENCRYPTED_BY")
    role: str | None = ref("LinkedRole", by=("id", "name"), rel="RUNS_AS")
    trusted: list[str] | None = ref(("LinkedRole", "LinkedUser"), by="id", rel="TRUSTS")
    address: str | None = ref("LinkedBalancer", by="dns_name", rel="RESOLVES_TO")
    balancer: str | None = ref("LinkedBalancer", by=("id", "name"), rel="ROUTES_TO")
    peers: list[str] | None = ref("LinkedThing", by=("id", "name"), rel="PEERS_WITH")
    groups: list[str] | None = ref("LinkedGroup", by="name", rel="MEMBER_OF")


MODELS = (Key, Role, User, Bucket, Balancer, Group, Thing, UnknownResource)
GLOBAL = {"LinkedRole", "LinkedUser", "LinkedBucket", "LinkedGroup"}
EMPTY: dict[str, Any] = {
    "bucket": "",
    "key": "",
    "role": "",
    "trusted": [],
    "address": "",
    "balancer": "",
    "peers": [],
    "groups": [],
}


def thing(name: str = "t", account: str = OURS, region: str = EAST, **values: Any) -> Thing:
    arn = f"arn:aws:thing:{region}:{account}:{name}"
    return Thing(id=arn, name=name, account=account, region=region, **EMPTY | values)


def key(key_id: str, account: str = OURS, region: str = EAST, **values: Any) -> Key:
    arn = f"arn:aws:kms:{region}:{account}:key/{key_id}"
    return Key(id=arn, key_id=key_id, account=account, region=region, **values)


def role(name: str, account: str = OURS, path: str = "/") -> Role:
    arn = f"arn:aws:iam::{account}:role{path}{name}"
    return Role(id=arn, name=name, path=path, account=account, region="global")


def bucket(name: str, account: str = OURS) -> Bucket:
    return Bucket(id=f"arn:aws:s3:::{name}", name=name, account=account, region=EAST)


def scope(labels: Iterable[str] = tuple(model.label for model in MODELS[:-1])) -> Scope:
    return Scope(
        accounts={"aws": [OURS, ALSO_OURS]},
        regions={OURS: [EAST, WEST], ALSO_OURS: [EAST, WEST]},
        labels=list(labels),
    )


def reads(**failed: Iterable[tuple[str, str]]) -> list[ListingStatus]:
    """Everything was listed but what is named as failed, by label."""
    places = [
        (model.label, account, region)
        for model in MODELS[:-1]
        for account in (OURS, ALSO_OURS)
        for region in (["global"] if model.label in GLOBAL else [EAST, WEST])
    ]
    return [
        ListingStatus(
            label,
            account,
            region,
            Status.DENIED if (account, region) in failed.get(label, ()) else Status.OK,
        )
        for label, account, region in places
    ]


def linked(
    *resources: Resource,
    scope: Scope = scope(),  # noqa: B008
    reads: list[ListingStatus] = reads(),  # noqa: B008
    exists: Mapping[str, Callable[[str], bool | None]] | None = None,
) -> ResourceGraph:
    return link(resources, MODELS, reads, scope, exists)


def edges(graph: ResourceGraph) -> list[tuple[str, str, str, str]]:
    """Source, type, target and field of every edge."""
    return sorted(
        (edge.source, pair.rel, edge.target, edge.properties["via"])
        for pair, found in graph.edges.items()
        for edge in found
    )


def only_target(graph: ResourceGraph) -> Resource:
    """Where the graph's one edge leads."""
    ((_, _, target, _),) = edges(graph)
    return graph.nodes[target]


class TestFinding:
    @pytest.mark.parametrize(
        ("field", "value", "target"),
        [
            ("key", "arn:aws:kms:us-east-1:111122223333:key/k1", key("k1")),
            ("key", "k1", key("k1")),
            ("key", "alias/b", key("k1", aliases=["alias/a", "alias/b"])),
            ("role", "arn:aws:iam::111122223333:role/r", role("r")),
            ("role", "arn:aws:iam::111122223333:role/a/path/r", role("r", path="/a/path/")),
            ("role", "r", role("r", path="/a/path/")),
            ("bucket", "b", bucket("b", ALSO_OURS)),
            ("role", "arn:aws:iam::444455556666:role/r", role("r", ALSO_OURS)),
            ("key", "arn:aws:kms:eu-west-1:444455556666:key/k1", key("k1", ALSO_OURS, WEST)),
        ],
    )
    def test_by_each_key(self, field: str, value: str, target: Resource) -> None:
        assert only_target(linked(thing(**{field: value}), target)) == target

    @pytest.mark.parametrize(
        ("field", "value", "elsewhere"),
        [
            ("key", "k1", key("k1", OURS, WEST)),
            ("key", "k1", key("k1", ALSO_OURS, EAST)),
            ("key", "alias/a", key("k1", OURS, WEST, aliases=["alias/a"])),
            ("role", "r", role("r", ALSO_OURS)),
        ],
    )
    def test_a_bare_name_counts_only_where_it_is_unique(
        self, field: str, value: str, elsewhere: Resource
    ) -> None:
        target = only_target(linked(thing(**{field: value}), elsewhere))
        assert target.missing == MissingReason.NOT_FOUND
        assert (target.account, target.region or EAST) == (OURS, EAST)

    def test_a_global_key_counts_everywhere(self) -> None:
        balancer = Balancer(
            id=f"arn:aws:elb:{WEST}:{ALSO_OURS}:balancer/b",
            name="b",
            dns_name="b.example",
            account=ALSO_OURS,
            region=WEST,
        )
        assert only_target(linked(thing(address="b.example"), balancer)) == balancer
        assert only_target(linked(thing(balancer="b"), balancer)).missing is not None

    def test_the_first_key_that_fits_counts(self) -> None:
        by_id, by_alias = key("k1"), key("k2", aliases=["k1"])
        assert only_target(linked(thing(key="k1"), by_alias, by_id)) == by_id

    def test_each_value_of_a_list_is_an_edge(self) -> None:
        found = linked(thing(trusted=[role("a").id, role("b").id]), role("a"), role("b"))
        assert [target for _, _, target, _ in edges(found)] == [role("a").id, role("b").id]

    def test_fields_keep_their_edges_apart(self) -> None:
        found = linked(thing(role="r", trusted=[role("r").id]), role("r"))
        assert [(rel, via) for _, rel, _, via in edges(found)] == [
            ("RUNS_AS", "role"),
            ("TRUSTS", "trusted"),
        ]

    def test_a_resource_may_refer_to_itself(self) -> None:
        assert only_target(linked(thing("me", peers=["me"]))).id == thing("me").id


class TestMissing:
    """The five reasons, and every way to each."""

    @pytest.mark.parametrize(
        ("values", "label", "id_"),
        [
            (
                {"key": f"arn:aws:kms:{EAST}:{THEIRS}:key/k"},
                "LinkedKey",
                f"arn:aws:kms:{EAST}:{THEIRS}:key/k",
            ),
            (
                {"key": f"arn:aws:kms:{EAST}:{THEIRS}:alias/a"},
                "LinkedKey",
                f"arn:aws:kms:{EAST}:{THEIRS}:alias/a",
            ),
            (
                {"role": f"arn:aws:iam::{THEIRS}:role/x/r"},
                "LinkedRole",
                f"arn:aws:iam::{THEIRS}:role/x/r",
            ),
            (
                {"trusted": [f"arn:aws:iam::{THEIRS}:user/u"]},
                "LinkedUser",
                f"arn:aws:iam::{THEIRS}:user/u",
            ),
            (
                {"trusted": [f"arn:aws:sts::{THEIRS}:federated-user/u"]},
                "UnknownResource",
                f"arn:aws:sts::{THEIRS}:federated-user/u",
            ),
        ],
    )
    def test_another_account(self, values: dict[str, Any], label: str, id_: str) -> None:
        target = only_target(linked(thing(**values)))
        assert (target.label, target.id, target.missing) == (
            label,
            id_,
            MissingReason.CROSS_ACCOUNT,
        )
        assert target.account == THEIRS

    def test_another_account_counts_before_what_was_left_out(self) -> None:
        found = linked(
            thing(key=f"arn:aws:kms:{EAST}:{THEIRS}:key/k"), scope=scope(["LinkedThing"])
        )
        assert only_target(found).missing == MissingReason.CROSS_ACCOUNT

    @pytest.mark.parametrize(
        ("values", "labels"),
        [
            ({"key": "k"}, ["LinkedThing"]),
            ({"bucket": "b"}, ["LinkedThing"]),
            ({"key": f"arn:aws:kms:{UNSCANNED}:{OURS}:key/k"}, ["LinkedThing", "LinkedKey"]),
            (
                {"trusted": [f"arn:aws:ssm:{EAST}:{OURS}:parameter/p"]},
                ["LinkedThing", "LinkedRole", "LinkedUser"],
            ),
        ],
        ids=["service", "service of a global name", "region", "unknown kind"],
    )
    def test_left_out_by_the_scan(self, values: dict[str, Any], labels: list[str]) -> None:
        target = only_target(linked(thing(**values), scope=scope(labels)))
        assert target.missing == MissingReason.OUT_OF_SCOPE

    def test_what_nobody_is_known_to_own(self) -> None:
        target = only_target(linked(thing(trusted=["what is this"])))
        assert target.missing == MissingReason.UNKNOWN_OWNER

    @pytest.mark.parametrize(
        ("values", "failed"),
        [
            ({"key": "k"}, {"LinkedKey": [(OURS, EAST)]}),
            ({"key": f"arn:aws:kms:{WEST}:{OURS}:key/k"}, {"LinkedKey": [(OURS, WEST)]}),
            ({"role": "r"}, {"LinkedRole": [(OURS, "global")]}),
            ({"bucket": "b"}, {"LinkedBucket": [(ALSO_OURS, "global")]}),
            ({"address": "x.example"}, {"LinkedBalancer": [(ALSO_OURS, WEST)]}),
            ({"key": f"arn:aws:kms::{OURS}:key/k"}, {"LinkedKey": [(OURS, WEST)]}),
        ],
    )
    def test_not_listed_where_it_would_be(
        self, values: dict[str, Any], failed: dict[str, list[tuple[str, str]]]
    ) -> None:
        target = only_target(linked(thing(**values), reads=reads(**failed)))
        assert target.missing == MissingReason.UNREADABLE

    @pytest.mark.parametrize(
        ("values", "failed"),
        [
            ({"key": "k"}, {"LinkedKey": [(OURS, WEST), (ALSO_OURS, EAST)]}),
            ({"role": "r"}, {"LinkedRole": [(ALSO_OURS, "global")]}),
            ({"key": f"arn:aws:kms::{OURS}:key/k"}, {"LinkedKey": [(ALSO_OURS, EAST)]}),
            ({"peers": ["other"]}, {}),
        ],
    )
    def test_listed_where_it_would_be_and_not_there(
        self, values: dict[str, Any], failed: dict[str, list[tuple[str, str]]]
    ) -> None:
        target = only_target(linked(thing(**values), reads=reads(**failed)))
        assert target.missing == MissingReason.NOT_FOUND

    @pytest.mark.parametrize("lost", ["LinkedKey", "LinkedRole"])
    def test_a_listing_that_left_no_record_counts_as_failed(self, lost: str) -> None:
        left = [read for read in reads() if read.label != lost or read.account != OURS]
        found = linked(thing(key="k", role="r"), reads=left)
        reasons = {graph_node.label: graph_node.missing for graph_node in found.nodes.values()}
        assert reasons[lost] == MissingReason.UNREADABLE

    def test_an_account_that_could_not_be_entered_has_no_regions(self) -> None:
        entered = scope()
        entered.regions[ALSO_OURS] = []
        left = [read for read in reads() if read.account == OURS]
        for arn in (f"arn:aws:kms:{EAST}:{ALSO_OURS}:key/k", f"arn:aws:kms::{ALSO_OURS}:key/k"):
            target = only_target(linked(thing(key=arn), scope=entered, reads=left))
            assert target.missing == MissingReason.UNREADABLE
        target = only_target(linked(thing(address="x.example"), scope=entered, reads=left))
        assert target.missing == MissingReason.UNREADABLE

    @pytest.mark.parametrize(
        ("answer", "failed", "reason"),
        [
            (False, [], MissingReason.NOT_FOUND),
            (False, [(OURS, "global")], MissingReason.NOT_FOUND),
            (True, [], MissingReason.UNKNOWN_OWNER),
            (None, [], MissingReason.UNKNOWN_OWNER),
            (True, [(OURS, "global")], MissingReason.UNREADABLE),
            (None, [(OURS, "global")], MissingReason.UNREADABLE),
        ],
    )
    def test_a_global_name(
        self, answer: bool | None, failed: list[tuple[str, str]], reason: MissingReason
    ) -> None:
        asked = []

        def exists(name: str) -> bool | None:
            asked.append(name)
            return answer

        found = linked(
            thing("a", bucket="b"),
            thing("b", bucket="b"),
            reads=reads(LinkedBucket=failed),
            exists={"LinkedBucket": exists},
        )
        target = found.nodes["arn:aws:s3:::b"]
        assert (target.missing, target.name, target.account) == (reason, "b", None)
        assert asked == ["b"]
        assert len(edges(found)) == 2

    def test_a_global_name_without_anyone_to_ask(self) -> None:
        assert only_target(linked(thing(bucket="b"))).missing == MissingReason.UNKNOWN_OWNER

    def test_a_field_that_was_not_read(self) -> None:
        source = thing(bucket=None, trusted=None)
        found = linked(source)
        assert edges(found) == [
            (source.id, "LOGS_TO", f"unread:{source.id}#bucket", "bucket"),
            (source.id, "TRUSTS", f"unread:{source.id}#trusted", "trusted"),
        ]
        for name, label in (("bucket", "LinkedBucket"), ("trusted", "LinkedRole")):
            target = found.nodes[f"unread:{source.id}#{name}"]
            assert (target.label, target.missing) == (label, MissingReason.UNREADABLE)

    def test_a_field_that_is_empty_leads_nowhere(self) -> None:
        assert edges(linked(thing())) == []

    @pytest.mark.parametrize(
        ("values", "twins"),
        [
            ({"key": "alias/a"}, [key("1", aliases=["alias/a"]), key("2", aliases=["alias/a"])]),
            (
                {"key": "alias/a"},
                [key(f"{n}", aliases=["alias/a", "alias/a"]) for n in range(3)],
            ),
        ],
    )
    def test_a_name_that_several_have_is_not_called_missing(
        self, values: dict[str, Any], twins: list[Resource]
    ) -> None:
        target = only_target(linked(thing(**values), *twins))
        assert target.missing == MissingReason.UNREADABLE

    @pytest.mark.parametrize(
        ("values", "label"),
        [
            ({"key": "hidden-k"}, "LinkedKey"),
            ({"key": f"arn:aws:kms:{EAST}:{OURS}:key/hidden-k"}, "LinkedKey"),
            ({"trusted": [f"arn:aws:sts::{OURS}:guest/u"]}, "LinkedUser"),
        ],
        ids=["a name", "an identity", "an identity of another form"],
    )
    def test_what_a_listing_leaves_out_is_not_called_gone(
        self, values: dict[str, Any], label: str
    ) -> None:
        target = only_target(linked(thing(**values)))
        assert (target.label, target.missing) == (label, MissingReason.UNREADABLE)
        assert target.account == OURS

    def test_what_a_listing_leaves_out_elsewhere_is_still_elsewhere(self) -> None:
        target = only_target(linked(thing(key=f"arn:aws:kms:{EAST}:{THEIRS}:key/hidden-k")))
        assert target.missing == MissingReason.CROSS_ACCOUNT

    def test_a_short_name_stands_for_an_identity_that_can_exist(self) -> None:
        full = f"arn:aws:kms:{EAST}:{OURS}:alias/gone"
        both = linked(thing("a", key="alias/gone"), thing("b", key=full))
        (missing,) = [node for node in both.nodes.values() if node.missing]
        assert (missing.id, missing.name) == (full, "alias/gone")
        assert missing.missing == MissingReason.NOT_FOUND
        assert getattr(missing, "key_id", "") is None

    def test_a_missing_target_is_one_node_however_it_is_named(self) -> None:
        arn = f"arn:aws:kms:{EAST}:{OURS}:key/k"
        found = linked(thing("a", key="k"), thing("b", key=arn))
        assert [target for _, _, target, _ in edges(found)] == [arn, arn]
        assert found.nodes[arn].name == "k"

    def test_a_kind_that_one_reference_knows_counts_for_all(self) -> None:
        arn = f"arn:aws:elb:{EAST}:{OURS}:balancer/b"
        found = linked(thing("a", trusted=[arn]), thing("b", balancer=arn))
        assert found.nodes[arn].label == "LinkedBalancer"
        assert {pair.target for pair in found.edges} == {"LinkedBalancer"}

    def test_what_was_collected_under_another_label_is_that(self) -> None:
        user = User(id=f"arn:aws:iam::{OURS}:role/odd", name="odd", account=OURS, region="global")
        found = linked(thing(role=user.id), user)
        assert only_target(found) == user
        assert list(found.edges) == [EdgeType("LinkedThing", "RUNS_AS", "LinkedUser")]


class TestInverse:
    def test_an_edge_reported_from_its_other_end(self) -> None:
        group = Group(
            id=f"arn:aws:iam::{OURS}:group/g", name="g", account=OURS, member_ids=[role("r").id]
        )
        found = linked(group, role("r"))
        assert edges(found) == [(role("r").id, "MEMBER_OF", group.id, "member_ids")]

    def test_an_edge_reported_from_both_ends_is_one(self) -> None:
        class Club(Group):
            label = "LinkedClub"

            member_ids: list[str] | None = ref(
                "LinkedJoiner", by="id", rel="MEMBER_OF", inverse=True
            )

        class Joiner(Resource):
            provider = "aws"
            label = "LinkedJoiner"
            identity = "{id}"

            clubs: list[str] | None = ref("LinkedClub", by="name", rel="MEMBER_OF")

        joiner = Joiner(id="j", name="j", account=OURS, clubs=["g"])
        club = Club(id="g", name="g", account=OURS, member_ids=["j", "j", "elsewhere"])
        found = link([club, joiner], [*MODELS, Club, Joiner], reads(), scope())
        assert edges(found) == [
            ("elsewhere", "MEMBER_OF", "g", "member_ids"),
            ("j", "MEMBER_OF", "g", "clubs"),
        ]


class TestMerging:
    def test_readings_of_one_resource_become_one(self) -> None:
        seen_from_afar = Thing(id=thing().id, name="t", account=OURS, bucket="b")
        read = thing(bucket=None, key="k")
        for order in ((seen_from_afar, read), (read, seen_from_afar)):
            (node,) = (node for node in linked(*order).nodes.values() if node.id == read.id)
            assert (node.bucket, node.key, node.region) == ("b", "k", EAST)

    def test_a_reading_counts_before_a_stand_in(self) -> None:
        gone = Thing.absent(thing().id, MissingReason.NOT_FOUND, bucket="b")
        for order in ((gone, thing(key=None)), (thing(key=None), gone)):
            node = linked(*order).nodes[thing().id]
            assert (node.missing, node.bucket) == (None, "")

    def test_a_stand_in_that_a_collector_made_is_found(self) -> None:
        gone = Key.absent(key("k").id, MissingReason.UNREADABLE, region=EAST, account=OURS)
        assert only_target(linked(thing(key="k"), gone)) == gone
        assert linked(gone).nodes == {}


names = st.sampled_from(["a", "b", "c"])
accounts = st.sampled_from([OURS, ALSO_OURS])
regions = st.sampled_from([EAST, WEST])
arns = st.builds(
    "arn:aws:{}:{}:{}:{}/{}".format,
    st.sampled_from(["kms", "iam", "elb", "sts"]),
    st.sampled_from(["", EAST, UNSCANNED]),
    st.sampled_from([OURS, THEIRS]),
    st.sampled_from(["key", "role", "user", "balancer"]),
    names,
)
values = st.none() | st.just("") | names | arns
lists = st.none() | st.lists(names | arns, max_size=3)
estates = st.lists(
    st.one_of(
        st.builds(
            thing,
            names,
            accounts,
            regions,
            bucket=values,
            key=values,
            role=values,
            trusted=lists,
            address=values,
            balancer=values,
            peers=lists,
        ),
        st.builds(key, names, accounts, regions, aliases=st.none() | st.lists(names, max_size=2)),
        st.builds(role, names, accounts, st.sampled_from(["/", "/p/"])),
        st.builds(bucket, names, accounts),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(resources=estates, seed=st.integers())
def test_the_order_of_resources_never_matters(resources: list[Resource], seed: int) -> None:
    shuffled = list(resources)
    random.Random(seed).shuffle(shuffled)
    first, second = linked(*resources), linked(*shuffled)
    assert first.nodes == second.nodes
    assert edges(first) == edges(second)


@settings(max_examples=150, deadline=None)
@given(resources=estates)
def test_every_reference_is_one_edge(resources: list[Resource]) -> None:
    found = linked(*resources)
    sources = [node for node in found.nodes.values() if node.missing is None]
    expected = []
    for source in sources:
        for name, reference in type(source).references.items():
            value = getattr(source, name)
            values = [value] if value is None or isinstance(value, str) else value
            expected += [(source.id, reference.rel, name) for each in values if each != ""]
    assert sorted((source, rel, via) for source, rel, _, via in edges(found)) == sorted(expected)
    for source, _, target, _ in edges(found):
        assert source in found.nodes
        assert target in found.nodes
