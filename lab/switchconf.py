"""The configuration of one lab Asterisk: what an administrator would have, with the kit's files included. Pure."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from lab.ports import Ports

TRUNK_ADDRESS = "127.0.0.2"
OBSERVER = "lab"

# What the lab has no use for, and what complains without hardware, a database or a server of its own.
UNWANTED = """
app_voicemail_imap app_voicemail_odbc app_alarmreceiver app_festival app_minivm app_adsiprog app_getcpeid app_sms
app_jack app_agent_pool app_followme app_page app_flash app_ices app_test app_image app_url app_morsecode
cdr_adaptive_odbc cdr_odbc cdr_pgsql cdr_radius cdr_sqlite3_custom cdr_tds cdr_csv cdr_custom cdr_beanstalkd
cel_odbc cel_pgsql cel_radius cel_sqlite3_custom cel_tds cel_custom cel_beanstalkd cel_manager cdr_syslog
chan_iax2 chan_dahdi chan_mobile chan_motif chan_ooh323 chan_console chan_alsa chan_oss chan_mgcp chan_skinny
chan_unistim chan_audiosocket chan_websocket chan_phone chan_sip res_xmpp res_calendar res_calendar_caldav
res_calendar_ews res_calendar_exchange res_calendar_icalendar res_config_ldap res_config_mysql res_config_odbc
res_config_pgsql res_config_sqlite3 res_config_curl res_corosync res_fax res_fax_spandsp res_hep res_hep_pjsip
res_hep_rtcp res_odbc res_odbc_transaction res_phoneprov res_pjsip_phoneprov_provider res_prometheus res_smdi
res_snmp res_statsd res_stun_monitor res_timing_dahdi res_timing_pthread res_ael_share res_ari res_ari_applications
res_ari_asterisk res_ari_bridges res_ari_channels res_ari_device_states res_ari_endpoints res_ari_events
res_ari_mailboxes res_ari_model res_ari_playbacks res_ari_recordings res_ari_sounds res_adsi res_aeap
res_speech_aeap res_clialiases res_config_ldap res_endpoint_stats res_geolocation res_pjsip_geolocation res_http_media_cache
res_http_post res_resolver_unbound res_security_log res_stir_shaken res_pjsip_stir_shaken res_tonedetect
res_websocket_client res_audiosocket app_audiosocket pbx_ael pbx_dundi pbx_lua pbx_realtime pbx_spool
func_odbc func_curl res_curl codec_codec2 codec_lpc10 res_agi res_limit res_mwi_devstate res_pjsip_mwi
""".split()


@dataclass(frozen=True, slots=True)
class Places:
    """The directories of an instance as Asterisk sees them."""

    etc: PurePosixPath
    run: PurePosixPath
    lib: PurePosixPath
    spool: PurePosixPath
    log: PurePosixPath


def switch_files(ports: Ports, places: Places, observer_secret: str) -> dict[str, str]:
    """Each file of the instance's configuration directory that is not the kit's, by name."""
    return {
        "asterisk.conf": _asterisk(places),
        "modules.conf": _modules(),
        "logger.conf": "[general]\ndateformat=%F %T.%3q\n[logfiles]\nmessages.log => notice,warning,error\n",
        "manager.conf": _manager(ports, observer_secret),
        "http.conf": f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={ports.http}\n",
        "rtp.conf": f"[general]\nrtpstart={ports.rtp_first}\nrtpend={ports.rtp_last}\nicesupport=yes\nstrictrtp=no\n",
        "pjsip.conf": _pjsip(ports),
        "extensions.conf": "[general]\nstatic=yes\nwriteprotect=yes\n#include cti_extensions.conf\n",
        "queues.conf": "[general]\npersistentmembers=no\n#include cti_queues.conf\n",
        "musiconhold.conf": "[general]\n#include cti_musiconhold.conf\n[silent]\nmode=files\n"
        f"directory={places.lib}/no-music\n",
        "indications.conf": "[general]\ncountry=es\n[es]\nringcadence=1500,3000\nbusy=425/200,0/200\nring=425/1500,0/3000\n",
        "cdr.conf": "[general]\nenable=no\n",
        "cel.conf": "[general]\nenable=no\n",
        "features.conf": "[general]\n",
        "confbridge.conf": "[general]\n[default_user]\ntype=user\n[default_bridge]\ntype=bridge\n",
        "ccss.conf": "[general]\n",
        "udptl.conf": "[general]\n",
        "codecs.conf": "[general]\n",
        "acl.conf": "",
        "stasis.conf": "",
        "pjproject.conf": "[startup]\nlog_level=2\n",
        "sorcery.conf": "",
    }


def _asterisk(places: Places) -> str:
    return f"""[directories]
astetcdir => {places.etc}
astrundir => {places.run}
astvarlibdir => {places.lib}
astdbdir => {places.lib}
astkeydir => {places.lib}
astcachedir => {places.lib}
astspooldir => {places.spool}
astlogdir => {places.log}
[options]
verbose = 2
[files]
astctlpermissions = 0660
"""


def _modules() -> str:
    return "[modules]\nautoload=yes\n" + "".join(f"noload => {name}.so\n" for name in UNWANTED)


def _manager(ports: Ports, observer_secret: str) -> str:
    return f"""[general]
enabled = yes
port = {ports.ami}
bindaddr = 127.0.0.1
timestampevents = yes
#include cti_manager.conf
[{OBSERVER}]
secret = {observer_secret}
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.0/255.0.0.0
read = all
write = all
writetimeout = 5000
"""


def _pjsip(ports: Ports) -> str:
    """A trunk known by its own loopback address (matching 127.0.0.1 would swallow the phones' REGISTERs)."""
    return f"""[global]
type=global
user_agent=Trunkline lab
[system]
type=system
timer_t1=100
[lab-udp]
type=transport
protocol=udp
bind=127.0.0.1:{ports.sip}
[trunk]
type=endpoint
context=cti-in
disallow=all
allow=ulaw,alaw
aors=trunk
direct_media=no
rtp_symmetric=yes
media_address=127.0.0.1
bind_rtp_to_media_address=yes
rtp_timeout=60
[trunk]
type=aor
contact=sip:{TRUNK_ADDRESS}:{ports.trunk}
qualify_frequency=0
[trunk]
type=identify
endpoint=trunk
match={TRUNK_ADDRESS}/32
#include cti_pjsip.conf
"""
