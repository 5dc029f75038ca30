"""Records of a station on ECS that outlive its stack: snapshots of the database, and its folder."""

from collections.abc import Iterator
from typing import NamedTuple

from okng.deploy.aws.account import Account
from okng.deploy.aws.faults import aws_errors
from okng.wording import mark


class Leftover(NamedTuple):
    """Something that a removal left.

    Attributes:
        what: in English, a text of the catalogue with the placeholder `name`.
        name: by which AWS knows it.
    """

    what: str
    name: str


class Leftovers:
    """What CloudFormation keeps of a station when its stack goes.

    Args:
        account: to ask.
        name: of the deployment.
        stack: of the deployment, whose name AWS writes on what it made.
    """

    def __init__(self, account: Account, name: str, stack: str) -> None:
        self._database, self._stack = f"okng-{name}", stack
        self._rds, self._efs = account.client("rds"), account.client("efs")

    def list(self) -> list[Leftover]:
        """Snapshots and folders."""
        snapshot = mark("the snapshot {name} of the database, with all records")
        folder = mark("the file system {name}, with the folder of the station and its signing key")
        return [
            *(Leftover(snapshot, name) for name in self._snapshots()),
            *(Leftover(folder, name) for name in self._folders()),
        ]

    def remove(self, but: frozenset[str] = frozenset()) -> None:
        """Delete them for good.

        Args:
            but: names of those that stay.

        Raises:
            DeployError: AWS refuses it.
        """
        for name in set(self._snapshots()) - but:
            with aws_errors(f"delete the snapshot {name}"):
                self._rds.delete_db_snapshot(DBSnapshotIdentifier=name)
        for name in set(self._folders()) - but:
            with aws_errors(f"delete the file system {name}"):
                self._efs.delete_file_system(FileSystemId=name)

    def _snapshots(self) -> Iterator[str]:
        with aws_errors(f"list snapshots of {self._database}"):
            pages = self._rds.get_paginator("describe_db_snapshots").paginate(
                DBInstanceIdentifier=self._database, SnapshotType="manual"
            )
            names = [row["DBSnapshotIdentifier"] for page in pages for row in page["DBSnapshots"]]
        yield from names

    def _folders(self) -> Iterator[str]:
        with aws_errors("list file systems"):
            pages = self._efs.get_paginator("describe_file_systems").paginate()
            rows = [row for page in pages for row in page["FileSystems"]]
        for row in rows:
            tags = {tag["Key"]: tag["Value"] for tag in row.get("Tags", [])}
            if tags.get("Name") == self._stack:
                yield str(row["FileSystemId"])
