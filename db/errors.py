"""What can go wrong with the database and the keys, each a sentence fit to show and free of personal values."""


class DatabaseError(Exception):
    """The database could not do what was asked."""


class Unavailable(DatabaseError):
    """No connection, or none left; the same call may succeed later."""


class SerializationFailure(DatabaseError):
    """Another transaction came first (40001) or two waited for each other (40P01); roll back and repeat."""


class StatementRefused(DatabaseError):
    """PostgreSQL refused a statement; neither its parameters nor the rows it touched are told."""

    def __init__(self, sentence: str, *, sqlstate: str | None = None, constraint: str | None = None) -> None:
        super().__init__(sentence)
        self.sqlstate = sqlstate
        self.constraint = constraint


class ConstraintBroken(StatementRefused):
    """A constraint forbids it (SQLSTATE class 23); ``constraint`` names which."""


class SetUpRefused(DatabaseError):
    """The server or its surroundings do not fit; nothing was changed. Commands end with exit code 3."""


class WrongUrl(SetUpRefused):
    """LUUKKU_DATABASE_URL cannot be read, or does not lead to a PostgreSQL that lets us in."""


class UnsupportedServer(SetUpRefused):
    """The server is too old, of another encoding, or its data of another major version."""


class MissingRights(SetUpRefused):
    """The role may not do what setting up needs; ``sql`` is what somebody who may should run."""

    def __init__(self, sentence: str, *, sql: str = "") -> None:
        super().__init__(sentence)
        self.sql = sql


class ServerFailed(SetUpRefused):
    """The embedded server did not start or stop."""


class ServerOwned(SetUpRefused):
    """Another Luukku process owns the embedded server of this LUUKKU_HOME."""


class KeyringError(Exception):
    """The keys are not there, or do not open what they should."""


class KeyringUnusable(KeyringError):
    """The keyring file is missing, readable by others, damaged, or of the wrong kind for this database."""


class KeyMissing(KeyringError):
    """A key is needed that this process does not hold; ``key_id`` names it."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"The key {key_id} is needed and is not in the keyring of this process.")
        self.key_id = key_id


class DecryptionFailed(KeyringError):
    """The bytes were changed, or belong to another context or key."""
