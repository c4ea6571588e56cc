"""The weekly mail: what it says, that it arrives once, and that no secret is shown."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

import arm_server
import hostile
import mail_server
from azcost import paths
from azcost.audit.snapshot import load
from azcost.cli import main
from azcost.cli.audit import judged
from azcost.cli.cost_exports import Exports
from azcost.errors import AzcostError
from azcost.weekly.digest import Digest, Expiry, Owner, digest
from azcost.weekly.jobs import KINDS, Job
from azcost.weekly.message import MAX_HTML_BYTES, Envelope, compose, message_id, page, subject
from azcost.weekly.passwords import password
from mail_server import PASSWORD, USER, Mailbox

# Over TLS from the start the server cannot know that a login is safe, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

DEMO = paths.shipped("examples") / "demo-snapshot.json.gz"
SENT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ENVELOPE = Envelope(sender="azcost@example.com", to=("team@example.com",), sent=SENT)


@pytest.fixture(scope="module")
def week() -> Digest:
    advice, facts = judged(load(DEMO), None, Exports((), "duckdb", ""))
    return digest(facts, advice, None, "owner", 50_000)


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    context = arm_server.certificate(tmp_path / "mail.pem", tmp_path / "mail.key")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "mail.pem"))
    return context


@pytest.fixture(params=["starttls", "tls"])
def server(request: Any, tls: ssl.SSLContext) -> Iterator[tuple[Mailbox, list[str]]]:
    mailbox = Mailbox()
    with mail_server.serving(mailbox, tls, request.param) as port:
        yield mailbox, ["--smtp", f"localhost:{port}", "--security", request.param, "--user", USER]


def run(*words: str, rc: int = 0, password: str | None = PASSWORD) -> Any:
    environment = {"AZCOST_SMTP_PASSWORD": password} if password else {}
    words = ("weekly", "--demo", "--from", "azcost@example.com", *words)
    result = CliRunner(env=environment).invoke(main, [*words], catch_exceptions=False)
    assert result.exit_code == rc, result.output
    return result


def test_the_subject_begins_with_the_number_and_the_thread_is_stable(week: Digest) -> None:
    mail = compose(week, ENVELOPE)
    assert mail["Subject"] == subject(week)
    assert mail["Subject"].startswith(f"{week.week:,.0f} {week.currency} last week")
    later = msgspec.structs.replace(week, last_day=date(2026, 11, 24))
    other = compose(later, ENVELOPE)
    assert mail["References"] == other["References"]
    assert mail["Message-ID"] != other["Message-ID"]
    assert mail["List-Unsubscribe"].startswith("<mailto:")


def test_the_week_is_compared_with_the_same_weekdays(week: Digest) -> None:
    assert sum(week.daily[7:]) == pytest.approx(week.week)
    assert sum(week.daily[:7]) == pytest.approx(week.before)
    assert week.change == pytest.approx(week.week / week.before - 1)
    assert (week.last_day - week.first_day).days == 6


def test_html_and_text_say_the_same_and_the_html_is_small(week: Digest) -> None:
    html, text = page(week, ENVELOPE), str(compose(week, ENVELOPE).get_body(("plain",)))
    assert len(html.encode()) <= MAX_HTML_BYTES
    for entry in week.counted[:3]:
        title = entry.finding.waste.title[:40]
        assert title in text.replace("=\n", "")
        assert title.split("'")[0] in html
    assert "<img" not in html
    assert "<script" not in html
    assert "prefers-color-scheme: dark" in html


def test_hostile_names_stay_text_and_the_mail_stays_small(week: Digest) -> None:
    names = [*hostile.NAMES]
    bad = msgspec.structs.replace(
        week,
        subscriptions=tuple(names),
        expiring=tuple(Expiry(name, week.last_day) for name in names),
        owners=tuple(Owner(name, 1.0, 2.0, ()) for name in names),
        quality=tuple(names),
    )
    mail = compose(bad, ENVELOPE)
    html = page(bad, ENVELOPE)
    assert len(html.encode()) <= MAX_HTML_BYTES
    assert "<script>" not in html
    assert "\n" not in mail["Subject"]


def test_a_mail_arrives_whole_and_only_once(
    server: tuple[Mailbox, list[str]], tmp_path: Path
) -> None:
    mailbox, where = server
    words = [*where, "--spool", str(tmp_path / "spool"), "--to", "team@example.com", "--attach"]
    run(*words)
    (mail,) = mailbox.mails
    assert mailbox.recipients == [["team@example.com"]]
    html = mail.get_body(("html",))
    assert html is not None
    assert "What could be saved" in html.get_content()
    assert [one.get_filename() for one in mail.iter_attachments()] == ["azcost-report.html"]
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0  # somebody's bill
    again = run(*words)
    assert "not again" in again.stderr
    assert len(mailbox.mails) == 1


def test_owners_get_their_part(server: tuple[Mailbox, list[str]], tmp_path: Path) -> None:
    mailbox, where = server
    run(*where, "--spool", str(tmp_path), "--owner", "ana=ana@example.com")
    (mail,) = mailbox.mails
    assert mail["To"] == "ana@example.com"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Yours (ana)" in body.get_content()


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        ("refuse", "554 no mail from you"),
        ("unknown recipient", "refuses team@example.com"),
        ("hang up", "hung up"),
    ],
)
def test_what_is_not_taken_waits(
    tls: ssl.SSLContext, tmp_path: Path, behaviour: str, says: str
) -> None:
    mailbox = Mailbox(behaviour)
    words = ["--spool", str(tmp_path / "spool"), "--to", "team@example.com"]
    with mail_server.serving(mailbox, tls, "none") as port:
        where = ["--smtp", f"localhost:{port}", "--security", "none"]
        assert says in run(*where, *words, rc=3).stderr
        assert mailbox.mails == []
        mailbox.behaviour = "take"
        run(*where, *words)
    assert len(mailbox.mails) == 1


def test_a_busy_server_is_asked_again(tls: ssl.SSLContext, tmp_path: Path) -> None:
    mailbox = Mailbox("busy once")
    with mail_server.serving(mailbox, tls, "none") as port:
        where = ["--smtp", f"localhost:{port}", "--security", "none"]
        run(*where, "--spool", str(tmp_path), "--to", "team@example.com")
    assert (mailbox.tries, len(mailbox.mails)) == (2, 1)


def test_a_slow_server_is_waited_for(tls: ssl.SSLContext, tmp_path: Path) -> None:
    mailbox = Mailbox("slow")
    with mail_server.serving(mailbox, tls, "none") as port:
        where = ["--smtp", f"localhost:{port}", "--security", "none"]
        run(*where, "--spool", str(tmp_path), "--to", "team@example.com")
    assert len(mailbox.mails) == 1


def test_a_kill_while_sending_is_asked_about_and_not_sent_again(
    tls: ssl.SSLContext, tmp_path: Path
) -> None:
    """What a kill leaves: the mail, and the mark that somebody was sending it."""
    mailbox = Mailbox("refuse")
    with mail_server.serving(mailbox, tls, "none") as port:
        where = [
            "--smtp",
            f"localhost:{port}",
            "--security",
            "none",
            "--spool",
            str(tmp_path / "s"),
        ]
        run(*where, "--to", "team@example.com", rc=3)
        (waiting,) = (tmp_path / "s").glob("*.eml")
        waiting.with_suffix(".trying").touch()
        mailbox.behaviour = "take"
        assert "may have been sent" in run(*where, "--to", "team@example.com", rc=3).stderr
    assert mailbox.mails == []


def test_a_wrong_password_is_said_and_never_shown(
    server: tuple[Mailbox, list[str]], tmp_path: Path
) -> None:
    _, where = server
    words = [*where, "--spool", str(tmp_path / "s"), "--to", "team@example.com"]
    result = run(*words, rc=3, password="secret-and-wrong")
    assert f"refused the login of {USER}" in result.stderr
    kept = b"".join(one.read_bytes() for one in (tmp_path / "s").iterdir())
    for text in (result.output, result.stderr, kept.decode()):
        assert "secret-and-wrong" not in text


def test_where_a_password_may_be(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from a file\n")
    assert password("u", {"AZCOST_SMTP_PASSWORD": "direct"}) == "direct"
    assert password("u", {"AZCOST_SMTP_PASSWORD_FILE": str(file)}) == "from a file"
    with pytest.raises(AzcostError, match="cannot be read"):
        password("u", {"AZCOST_SMTP_PASSWORD_FILE": str(tmp_path / "none")})
    with pytest.raises(AzcostError, match="There is no password for u"):
        password("u", {})


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--to", "a@example.com"), "Name one way to send"),
        (("--to", "not an address", "--smtp", "mx"), "is no mail address"),
        (("--smtp", "mx"), "Name who gets it"),
        (("--owner", "nobody-we-know=a@b.c", "--smtp", "mx"), "the tag owner names"),
        (("--snapshot", "x", "--to", "a@b.c", "--smtp", "mx"), "Name one source"),
        (("--acs", "evil.example.com", "--to", "a@b.c"), "no host of Communication Services"),
    ],
)
def test_bad_input(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    assert says in run("--spool", str(tmp_path), *words, rc=2).stderr


def test_a_dry_run_writes_a_mail_that_can_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, week: Digest
) -> None:
    monkeypatch.chdir(tmp_path)
    run("--dry-run")
    (file,) = tmp_path.glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=POLICY)
    assert isinstance(mail, EmailMessage)
    assert mail["Message-ID"] == message_id(week)


@pytest.mark.parametrize("kind", KINDS)
def test_jobs_name_secrets_and_hold_none(kind: str) -> None:
    job = Job(
        subscription="11111111-1111-4111-8111-111111111111",
        words=("--to", "a@b.org", "--from", "c@b.org", "--smtp", "mx.b.org", "--user", "azcost"),
        weekday=0,
        hour=7,
    )
    made = KINDS[kind](job)
    own = "azcost weekly --subscription 11111111-1111-4111-8111-111111111111 --to a@b.org"
    assert own in made.text
    assert "password" in (made.text + made.install).lower()
    assert "--password" not in made.text


def test_the_line_of_cron_finds_the_password_and_keeps_percent_signs(tmp_path: Path) -> None:
    """What cron does: backslashes before percent signs go, and a shell runs the rest."""
    words = ("--to", "a%b@b.org", "--from", "c@b.org", "--smtp", "mx", "--user", "azcost")
    line = KINDS["cron"](Job(subscription="s", words=words, weekday=6, hour=5)).text
    assert line.startswith("0 5 * * 0 ")
    command = line.split(" ", 5)[5].replace("\\%", "%")
    fake = tmp_path / "azcost"
    fake.write_text('#!/bin/sh\ncat "$AZCOST_SMTP_PASSWORD_FILE"; echo " $@"\n')
    fake.chmod(0o755)
    (tmp_path / ".config/azcost").mkdir(parents=True)
    (tmp_path / ".config/azcost/smtp-password").write_text("it")
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, check=True,
        env={"HOME": str(tmp_path), "PATH": f"{tmp_path}:/bin:/usr/bin"},
    )  # fmt: skip
    assert done.stdout == f"it weekly --subscription s {' '.join(words)}\n"


def test_the_file_of_systemd_is_split_by_what_it_says(tmp_path: Path) -> None:
    made = KINDS["systemd"](Job(subscription="s", words=("--to", "a"), weekday=0, hour=7))
    (tmp_path / made.name).write_text(made.text)
    install = made.install.partition(" && systemctl")[0].replace("/etc/systemd/system/", "")
    subprocess.run(["/bin/sh", "-c", install], check=True, cwd=tmp_path)
    service = (tmp_path / "azcost-weekly.service").read_text()
    timer = (tmp_path / "azcost-weekly.timer").read_text()
    assert ("[Service]" in service, "[Timer]" in service) == (True, False)
    assert ("[Service]" in timer, "OnCalendar=Mon 07:00" in timer) == (False, True)


def test_graph_and_communication_services_get_the_mail_with_their_own_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import base64

    with arm_server.serving(tmp_path) as (azure, environment):
        for name, value in {**environment, **arm_server.PRINCIPAL}.items():
            monkeypatch.setenv(name, value)
        azure.reply(r"POST graph.microsoft.com/v1.0/users/.*/sendMail", arm_server.Answer(202))
        azure.reply(r"POST mail.europe.communication.azure.com/emails:send", arm_server.Answer(202))
        run("--spool", str(tmp_path / "a"), "--to", "t@example.com", "--graph")
        host = "mail.europe.communication.azure.com"
        run("--spool", str(tmp_path / "b"), "--to", "t@example.com", "--acs", host)
    sent = [one for one in azure.asked if one.method == "POST" and "login." not in one.host]
    assert [one.host for one in sent] == ["graph.microsoft.com", host]
    mime = base64.b64decode(str(sent[0].body))
    assert b"To: t@example.com" in mime
    assert sent[1].body["recipients"] == {"to": [{"address": "t@example.com"}]}
    assert "html" in sent[1].body["content"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_schedule_is_a_file_and_how_to_install_it(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["weekly", "schedule", f"--{kind}", "--subscription", "s", "--to", "a@b.org"]
    words += ["--from", "c@b.org", "--smtp", "mx"]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    (file,) = tmp_path.iterdir()
    assert f"Wrote {file.name}. Install it: " in result.stdout
    assert CliRunner().invoke(main, words).exit_code == 2  # never over a file that is there


def test_the_native_mail_is_a_scheduled_action(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with arm_server.serving(tmp_path) as (azure, environment):
        for name, value in {**environment, **arm_server.PRINCIPAL}.items():
            monkeypatch.setenv(name, value)
        azure.reply("PUT .*/scheduledActions/", lambda asked: arm_server.Answer(201, asked.body))
        words = ["weekly", "schedule", "--native", "--subscription", arm_server.TENANT]
        words += ["--to", "a@b.org", "--weekday", "tue", "--yes"]
        CliRunner().invoke(main, words, catch_exceptions=False)
    (put,) = [one for one in azure.asked if one.method == "PUT"]
    assert put.path.endswith("/scheduledActions/azcost-weekly")
    assert put.body["properties"]["schedule"]["frequency"] == "Weekly"
    assert put.body["properties"]["notification"]["to"] == ["a@b.org"]


def test_with_the_snapshot_of_before_it_says_what_is_new_and_resolved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same snapshot twice: nothing appeared, and nothing was resolved."""
    monkeypatch.chdir(tmp_path)
    run("--previous", str(DEMO), "--dry-run")
    (file,) = tmp_path.glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=POLICY)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert body is not None
    assert "New: nothing." in body.get_content()
    assert "Resolved: nothing." in body.get_content()
