"""How Alembic runs here: on the connection that ``db.migrate`` opened, inside its transaction."""

from alembic import context

from db.migrate import VERSION_SCHEMA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    version_table_schema=VERSION_SCHEMA,
)
context.run_migrations()
