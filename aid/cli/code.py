"""`./aid.sh code SECRET`: the six digits an authenticator app would show now, for trying the demo without a phone."""

import binascii

import click
import pyotp

from aid.cli._common import refuse


@click.command("code")
@click.argument("secret")
def command(secret: str) -> None:
    """Print the six-digit code of a secret, as an authenticator app shows it now."""
    try:
        click.echo(pyotp.TOTP(secret.replace(" ", "")).now())
    except binascii.Error:
        refuse("This is not a secret of an authenticator app: it has letters and the digits 2 to 7 only.")
