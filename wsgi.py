"""What gunicorn serves."""

from aid import create_app
from config import Config

app = create_app(Config.from_environment())
