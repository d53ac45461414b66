"""The schema comes to this release's revision, whoever asks and however often."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from domain.errors import ConfigurationError, LogUnavailable
from infrastructure.postgres import migrate as module
from infrastructure.postgres.migrate import head_revision, migrate, migrations_folder
from infrastructure.postgres.urls import asyncpg_dsn, create_engine

REPOSITORY = Path(__file__).resolve().parents[2]
MIGRATE = """
import asyncio, sys
from infrastructure.postgres.migrate import migrate
asyncio.run(migrate(sys.argv[1]))
print("alembic" in sys.modules)
"""


async def migrate_in_a_process(url: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MIGRATE, url, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode().split()[-1]


async def revision(url: str) -> str:
    connection = await asyncpg.connect(asyncpg_dsn(url))
    try:
        return await connection.fetchval("SELECT version_num FROM alembic_version")
    finally:
        await connection.close()


async def test_processes_that_start_together_migrate_once(blank_database_url):
    await asyncio.gather(*[migrate_in_a_process(blank_database_url) for _ in range(3)])
    assert await revision(blank_database_url) == head_revision()


async def test_tasks_that_start_together_migrate_once(blank_database_url):
    await asyncio.gather(*[migrate(blank_database_url) for _ in range(3)])
    assert await revision(blank_database_url) == head_revision()


async def test_a_database_that_is_up_to_date_does_not_even_load_alembic(database_url):
    assert await migrate_in_a_process(database_url) == "False"


async def test_the_head_is_the_one_that_alembic_finds():
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    assert ScriptDirectory.from_config(config).get_current_head() == head_revision()


async def test_an_installed_wheel_brings_its_own_migrations(tmp_path, monkeypatch):
    (tmp_path / "alembic").mkdir()
    monkeypatch.setattr(module, "_HERE", tmp_path)
    migrations_folder.cache_clear()
    try:
        assert migrations_folder() == tmp_path / "alembic"
    finally:
        migrations_folder.cache_clear()


async def test_a_newer_database_is_refused(blank_database_url):
    await migrate(blank_database_url)
    connection = await asyncpg.connect(asyncpg_dsn(blank_database_url))
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close()
    with pytest.raises(ConfigurationError, match="revision 9999"):
        await migrate(blank_database_url)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
async def test_every_form_of_the_url_is_understood(database_url, scheme):
    url = f"{scheme}://{database_url.partition('://')[2]}"
    await migrate(url)
    engine = create_engine(url)
    async with engine.connect() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM log_head")).scalar() == 1
    await engine.dispose()


async def test_a_url_of_another_database_is_refused():
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        await migrate("mysql://root@localhost/gamefilm")


async def test_a_server_that_does_not_answer_is_unavailable(tmp_path):
    with pytest.raises(LogUnavailable) as raised:
        await migrate(f"postgresql://postgres@/gamefilm?host={tmp_path}")
    assert isinstance(raised.value.__cause__, OSError)


async def test_a_database_that_does_not_exist_is_unavailable(database_url):
    missing = database_url.replace("gamefilm_test", "gamefilm_missing")
    with pytest.raises(LogUnavailable, match="gamefilm_missing"):
        await migrate(missing)
