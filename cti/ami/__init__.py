"""The link to Asterisk over AMI; the only package that knows panoramisk."""

from cti.ami.settings import AmiSettings
from cti.ami.switch import AmiSwitch

__all__ = ["AmiSettings", "AmiSwitch"]
