"""Record sets: changed in batches that take effect whole or not at all, and listed."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.route53 import rules
from endpoints.sandbox.services.route53.common import begin, page_size, zone_of
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world import names
from endpoints.sandbox.world.dns import HostedZone, RecordSet

_PAGE = 300


@operation("route53", "ChangeResourceRecordSets")
def change_resource_record_sets(call: Call) -> dict[str, Any]:
    """Carry out a batch in its order, or refuse all of it with everything that is wrong.

    Raises AwsError: NoSuchHostedZone, AccessDenied, InvalidInput, InvalidChangeBatch.
    """
    dns, zone = call.world.dns, zone_of(call, call.params["HostedZoneId"])
    batch = call.params["ChangeBatch"]
    rules.check_size(batch["Changes"])
    before = dns.records_of(zone)
    after, wrong = dict(before), []
    for change in batch["Changes"]:
        try:
            _carry_out(call, zone, after, change)
        except rules.Unfit as unfit:
            wrong.append(str(unfit))
    if len(after) > rules.RECORDS_MOST:
        wrong.append(f"Number of records limit of {rules.RECORDS_MOST} exceeded.")
    if wrong:
        raise AwsError("InvalidChangeBatch", f"[{', '.join(wrong)}]")
    for key in before.keys() - after.keys():
        dns.drop_record(before[key])
    for key, record in after.items():
        if before.get(key) is not record:
            dns.put_record(record)
    return {"ChangeInfo": begin(call, batch.get("Comment", ""))}


def _carry_out(call: Call, zone: HostedZone, records: dict[str, RecordSet], change: dict[str, Any]) -> None:
    """Change the records in hand by one change. Raises Unfit."""
    record = rules.read(zone, change)
    action, known = change["Action"], records.get(record.id)
    named = f"[name='{record.name}', type='{record.kind}']"
    if action == "DELETE":
        if known is None:
            raise rules.Unfit(f"Tried to delete resource record set {named} but it was not found")
        if not known.says_as(record):
            text = "but the values provided do not match the current values"
            raise rules.Unfit(f"Tried to delete resource record set {named} {text}")
        rules.check_delete(zone, record)
        del records[record.id]
        return
    if action == "CREATE" and known is not None:
        raise rules.Unfit(f"Tried to create resource record set {named} but it already exists")
    rules.check_put(call, zone, record, records)
    records[record.id] = record


@operation("route53", "ListResourceRecordSets")
def list_resource_record_sets(call: Call) -> dict[str, Any]:
    """List a zone's record sets by name, its labels from the right, then by type, from a start on.

    Raises AwsError: NoSuchHostedZone, AccessDenied, InvalidInput.
    """
    params, zone = call.params, zone_of(call, call.params["HostedZoneId"])
    if "StartRecordIdentifier" in params:
        raise rules.no_routing()
    if "StartRecordType" in params and "StartRecordName" not in params:
        raise AwsError("InvalidInput", "StartRecordType needs StartRecordName.")
    records = sorted(call.world.dns.records_of(zone).values(), key=lambda record: record.place)
    if "StartRecordName" in params:
        try:
            first = (names.order(names.kept(params["StartRecordName"])), params.get("StartRecordType", ""))
        except ValueError as error:
            raise AwsError("InvalidInput", f"Invalid StartRecordName: {error}") from error
        records = [record for record in records if record.place >= first]
    size = page_size(call, _PAGE)
    page: dict[str, Any] = {
        "ResourceRecordSets": [_view(record) for record in records[:size]],
        "IsTruncated": len(records) > size, "MaxItems": str(size),
    }  # fmt: skip
    if len(records) > size:
        page |= {"NextRecordName": records[size].name, "NextRecordType": records[size].kind}
    return page


def _view(record: RecordSet) -> dict[str, Any]:
    view: dict[str, Any] = {"Name": record.name, "Type": record.kind}
    if record.alias:
        return view | {"AliasTarget": record.alias}
    return view | {"TTL": record.ttl, "ResourceRecords": [{"Value": value} for value in record.values]}
