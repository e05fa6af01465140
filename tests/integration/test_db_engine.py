"""Transactions by login, against the real server."""


def test_a_database_of_a_test_is_migrated_and_entered_by_login(web_login):
    with web_login.read() as read:
        name = read.connection.exec_driver_sql("SELECT current_user").scalar_one()

    assert name == "luukku_web"
