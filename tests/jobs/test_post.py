"""A message on the line: plain text to one reader, over TLS that is believed; unsafe settings are refused."""

import ssl
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.ids import new_id
from aid.domain.mails import MailState
from aid.post.line import NoLine, line_to
from aid.post.message import NoMessage, Outgoing, message_id, message_of
from config import Config, Mail
from tests.make.server import free_port
from tests.make.thanks import MailServer, mail_server

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
SENDER = "thanks@fund.example"


def outgoing(**changed: Any) -> Outgoing:
    plain = {"to": "ingrid@example.org", "subject": "Thanks", "body": "Dear Ingrid,\n\nThank you.\n", "language": "en"}
    return Outgoing(**{**plain, "from_name": "The fund", "naming": ("Ingrid",), **changed})


def sent(mail: Outgoing) -> Any:
    """The message as a mail server reads it."""
    return message_from_bytes(bytes(message_of(mail, mail_id=new_id(), sender=SENDER, now=NOW)), policy=SMTP)


@given(st.text(max_size=60))
def test_no_words_make_a_second_header_or_reader(words: str) -> None:
    planted = f"{words}\r\nBcc: all@example.org\nX-Planted: yes"

    read = sent(outgoing(subject=planted, from_name=planted, body=planted))

    assert read["Bcc"] is None
    assert read["X-Planted"] is None
    assert read["To"] == "ingrid@example.org"
    assert [part.get_content_type() for part in read.walk()] == ["text/plain"]


@pytest.mark.parametrize("to", ["a@example.org,b@example.org", "a@example.org\nBcc: b@example.org", "a", ""])
def test_to_what_is_no_address_nothing_is_made(to: str) -> None:
    with pytest.raises(NoMessage):
        message_of(outgoing(to=to), mail_id=new_id(), sender=SENDER, now=NOW)


def test_every_letter_arrives_and_a_dot_alone_ends_nothing() -> None:
    body = "Құрметті Мәриям,\n.\n..\nRCPT TO:<all@example.org>\n.\nӘ ғ қ ң ө ұ ү һ і\n"
    with mail_server() as server:
        for mail in (outgoing(body=body), outgoing(body=".\n.\nplain\n")):
            line = line_to(server.settings())
            state, _words = line.give(mail, message_of(mail, mail_id=new_id(), sender=SENDER, now=NOW))
            line.close()
            assert state is MailState.SENT

        first, second = (message.get_content().replace("\r\n", "\n") for _reader, message in server.taken)
        assert first == body
        assert second == ".\n.\nplain\n"
        assert server.readers == ["ingrid@example.org"] * 2


def test_the_name_that_a_server_knows_it_by_is_the_same_each_time_and_tells_nothing() -> None:
    mail_id = new_id()

    assert message_id(mail_id, SENDER) == message_id(mail_id, SENDER)
    assert mail_id.hex[:8] not in message_id(mail_id, SENDER)


def test_a_domain_in_other_letters_is_written_as_servers_read_it() -> None:
    assert outgoing(to="ingrid@møte.example").address == "ingrid@xn--mte-0na.example"


# ---------------------------------------------------------------- over TLS


def certificate(folder: Path) -> tuple[Path, Path]:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    signed = built.sign(key, hashes.SHA256())
    public, private = folder / "public.pem", folder / "private.pem"
    public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return public, private


@pytest.mark.parametrize("is_known", [True, False])
def test_a_server_is_believed_by_its_certificate_alone(tmp_path: Path, is_known: bool) -> None:
    public, private = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port, tls_context=context, require_starttls=True)
    controller.start()
    settings = Mail(host="localhost", port=server.port, sender=SENDER, ca=public if is_known else None)
    try:
        if not is_known:
            with pytest.raises(NoLine):
                line_to(settings)
            return
        line = line_to(settings)
        mail = outgoing()
        assert line.give(mail, message_of(mail, mail_id=new_id(), sender=SENDER, now=NOW))[0] is MailState.SENT
        line.close()
    finally:
        controller.stop()


def test_a_server_that_offers_no_tls_gets_nothing() -> None:
    with mail_server() as server, pytest.raises(NoLine):
        line_to(Mail(host="127.0.0.1", port=server.port, sender=SENDER, tls="starttls"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KOMEK_MAIL", "mail.example.org"),
        ("KOMEK_MAIL", "mail.example.org:99999"),
        ("KOMEK_MAIL_FROM", ""),
        ("KOMEK_MAIL_FROM", "a@b.example\nBcc: x@y.example"),
        ("KOMEK_MAIL_TLS", "none"),
        ("KOMEK_MAIL_TLS", "maybe"),
    ],
)
def test_settings_that_are_not_safe_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    for known, good in {"KOMEK_MAIL": "mail.example.org:587", "KOMEK_MAIL_FROM": SENDER}.items():
        monkeypatch.setenv(known, good)
    assert Config.from_environment().mail is not None
    monkeypatch.setenv(name, value)

    with pytest.raises(ValueError, match="KOMEK_MAIL"):
        Config.from_environment()
