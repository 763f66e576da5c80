"""VPC_RESOURCE: gateway, resource configuration and share, by their owner. Source: aws.md §1b."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from endpoints.domain.commands.base import Blank, Commands, Filled, GuideKey, Target, Written, partition
from endpoints.domain.commands.sharing import configuration, gateway, share
from endpoints.domain.commands.writing import aws, resource
from endpoints.domain.reasons import Reason
from endpoints.domain.specs import VpcResourceSpec
from endpoints.domain.types import EndpointType, Source

_RDS_SOURCES = (Source.POSTGRES, Source.MYSQL)
_LOOKS = (GuideKey.SEE_ASSOCIATIONS, GuideKey.SEE_CONFIGURATION)
_SHARE_ANEW = (GuideKey.SHARE_AGAIN, GuideKey.SEE_SHARE)


class VpcResourceCommands(Commands):
    """Region and account of the share are the owner's; the configuration's ARN follows from them."""

    type: ClassVar[EndpointType] = EndpointType.VPC_RESOURCE
    looks: ClassVar[tuple[GuideKey, ...]] = _LOOKS
    by_reason: ClassVar[Mapping[Reason, tuple[GuideKey, ...]]] = {
        Reason.WAITING_FOR_SHARE: (GuideKey.ADD_TO_SHARE, GuideKey.SEE_SHARE),
        Reason.SHARE_NOT_FOUND: (GuideKey.ADD_TO_SHARE, GuideKey.SEE_SHARE),
        Reason.SHARE_ACCEPTED: (GuideKey.SEE_SHARE,),
        Reason.INVITATION_REJECTED: _SHARE_ANEW,
        Reason.INVITATION_EXPIRED: _SHARE_ANEW,
        Reason.INVITATION_REFUSED: _SHARE_ANEW,
        Reason.SHARE_GONE: (GuideKey.SHARE,),
        Reason.SHARE_HOLDS_OTHER: (GuideKey.CORRECT_SHARE, GuideKey.SEE_SHARE),
        Reason.CONFIGURATION_UNUSABLE: (GuideKey.SEE_CONFIGURATION,),
        Reason.CONFIGURATION_NOT_SHARED: (GuideKey.SEE_SHARE, GuideKey.SEE_CONFIGURATION),
        Reason.RESOURCE_UNREACHABLE: (GuideKey.SEE_CONFIGURATION, GuideKey.SEE_ASSOCIATIONS),
        Reason.ASSOCIATING: _LOOKS,
        Reason.PARTIAL_AT_AWS: _LOOKS,
        Reason.FAILED_AT_AWS: _LOOKS,
        Reason.REFUSED_BY_AWS: (GuideKey.SEE_SHARE, GuideKey.SEE_CONFIGURATION),
        Reason.NO_COMMON_ZONE: (GuideKey.SEE_CONFIGURATION,),
        Reason.AVAILABLE: (GuideKey.SEE_ASSOCIATIONS,),
        Reason.AVAILABLE_IN_PART: _LOOKS,
        Reason.MODIFYING: (GuideKey.SEE_ASSOCIATIONS,),
        Reason.UNKNOWN_STATE: _LOOKS,
        # Nobody accepts a Resource endpoint: the share is the consent.
        Reason.OWNER_MUST_ACCEPT: _LOOKS,
        Reason.REJECTED_BY_OWNER: _LOOKS,
        Reason.NOT_ACCEPTED_IN_TIME: _LOOKS,
    }

    def __init__(self, spec: VpcResourceSpec | None, filled: Filled) -> None:
        self.filled = filled
        self.region = spec.share_region if spec else filled.region
        self.share = spec.share_arn if spec else Blank.SHARE_ARN.value
        self.configuration = spec.configuration_id if spec else Blank.CONFIGURATION_ID.value
        self.configuration_arn = Blank.CONFIGURATION_ARN.value
        if spec:
            place = f"{partition(self.region)}:vpc-lattice:{self.region}:{self.share.split(':')[4]}"
            self.configuration_arn = f"arn:{place}:resourceconfiguration/{self.configuration}"

    def preparation(self) -> tuple[GuideKey, ...]:
        """Gateway, configuration, share; the configuration in the ways that fit the source."""
        ways = {
            Target.RDS: GuideKey.CONFIGURE_RDS,
            Target.HOST: GuideKey.CONFIGURE_HOST,
            Target.ADDRESS: GuideKey.CONFIGURE_ADDRESS,
        }
        is_rds = self.filled.source in (None, *_RDS_SOURCES)
        configure = [
            way
            for target, way in ways.items()
            if target in self.filled.targets and (is_rds or target is not Target.RDS)
        ]
        return (GuideKey.CREATE_GATEWAY, *configure, GuideKey.SHARE)

    def clean_up(self) -> tuple[GuideKey, ...]:
        """The share is of no use any more; configuration and gateway may serve others."""
        return (GuideKey.DELETE_SHARE, GuideKey.DELETE_CONFIGURATION, GuideKey.DELETE_GATEWAY)

    def write(self, key: GuideKey) -> Written:
        """Return the commands of a key."""
        return self._writers[key](self)

    def _gateway(self) -> Written:
        return gateway(self.region, self.filled.name)

    def _rds(self) -> Written:
        return configuration(self.region, self.filled.name, Target.RDS)

    def _host(self) -> Written:
        return configuration(self.region, self.filled.name, Target.HOST, self.filled.port)

    def _address(self) -> Written:
        return configuration(self.region, self.filled.name, Target.ADDRESS, self.filled.port)

    def _share(self) -> Written:
        return share(self.region, self.filled.name, self.filled.principal_account, self.configuration_arn)

    def _add_to_share(self) -> Written:
        account = self.filled.principal_account
        arguments = {"principal": account, "resource_share_arn": self.share}
        return Written(
            self._ram("associate-resource-share", resource_share_arn=self.share, principals=[account]),
            resource("aws_ram_principal_association", "postern", arguments),
        )

    def _share_again(self) -> Written:
        named = {"resource_share_arn": self.share, "principals": [self.filled.principal_account]}
        return _steps(
            self._ram("disassociate-resource-share", **named),
            self._associations("PRINCIPAL"),
            self._ram("associate-resource-share", **named),
        )

    def _correct_share(self) -> Written:
        named = {"resource_share_arn": self.share}
        return _steps(
            self._associations("RESOURCE"),
            self._ram("associate-resource-share", **named, resource_arns=[self.configuration_arn]),
            self._ram("disassociate-resource-share", **named, resource_arns=[Blank.OTHER_ARN.value]),
        )

    def _see_share(self) -> Written:
        return _steps(self._associations("PRINCIPAL"), self._associations("RESOURCE"))

    def _associations(self, kind: str) -> str:
        return self._ram(
            "get-resource-share-associations", association_type=kind, resource_share_arns=[self.share]
        )

    def _see_configuration(self) -> Written:
        gateway_id = Blank.GATEWAY.value
        return _steps(
            self._configuration("get-resource-configuration"),
            self._lattice("get-resource-gateway", resource_gateway_identifier=gateway_id),
        )

    def _see_associations(self) -> Written:
        return Written(self._configuration("list-resource-endpoint-associations"))

    def _delete_share(self) -> Written:
        return Written(self._ram("delete-resource-share", resource_share_arn=self.share))

    def _delete_configuration(self) -> Written:
        return _steps(
            self._configuration("list-resource-endpoint-associations"),
            self._configuration("delete-resource-configuration"),
        )

    def _delete_gateway(self) -> Written:
        named = {"resource_gateway_identifier": Blank.GATEWAY.value}
        return _steps(
            self._lattice("list-resource-configurations", **named),
            self._lattice("delete-resource-gateway", **named),
        )

    def _configuration(self, operation: str) -> str:
        return self._lattice(operation, resource_configuration_identifier=self.configuration)

    def _lattice(self, operation: str, **options: Any) -> str:
        return aws("vpc-lattice", operation, region=self.region, **options)

    def _ram(self, operation: str, **options: Any) -> str:
        return aws("ram", operation, region=self.region, **options)

    _writers: ClassVar[dict[GuideKey, Callable[["VpcResourceCommands"], Written]]] = {
        GuideKey.CREATE_GATEWAY: _gateway,
        GuideKey.CONFIGURE_RDS: _rds,
        GuideKey.CONFIGURE_HOST: _host,
        GuideKey.CONFIGURE_ADDRESS: _address,
        GuideKey.SHARE: _share,
        GuideKey.ADD_TO_SHARE: _add_to_share,
        GuideKey.SHARE_AGAIN: _share_again,
        GuideKey.CORRECT_SHARE: _correct_share,
        GuideKey.SEE_SHARE: _see_share,
        GuideKey.SEE_CONFIGURATION: _see_configuration,
        GuideKey.SEE_ASSOCIATIONS: _see_associations,
        GuideKey.DELETE_SHARE: _delete_share,
        GuideKey.DELETE_CONFIGURATION: _delete_configuration,
        GuideKey.DELETE_GATEWAY: _delete_gateway,
    }


def _steps(*commands: str) -> Written:
    return Written("\n".join(commands))
