"""Apache with mod_auth_openidc: a protected page that shows who signed in."""

import os
import secrets
import subprocess
from pathlib import Path

from .ports import accepts, wait_until

MODULES = [
    *("mpm_event", "authn_core", "authz_core", "authz_user", "dir", "mime", "env", "include"),
    *("headers", "auth_openidc"),
]

CONFIGURATION = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
Mutex file:{folder} default
ErrorLog {folder}/error.log
LogLevel warn
{user}
{modules}
TypesConfig /etc/mime.types
DocumentRoot {folder}/pages
DirectoryIndex index.shtml
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16

<Directory {folder}/pages>
    Options +Includes
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
    AddDefaultCharset utf-8
    Require all granted
</Directory>

OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCCABundlePath {authority}
OIDCSSLValidateServer On
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCRedirectURI {public}/private/callback
OIDCDefaultLoggedOutURL {public}/signed-out.html
OIDCCryptoPassphrase {passphrase}
OIDCXForwardedHeaders X-Forwarded-Proto X-Forwarded-Port X-Forwarded-Host
OIDCScope "openid profile email scolarite"
OIDCPKCEMethod S256
OIDCResponseType code
OIDCPassClaimsAs environment
# An array of objects, our `children`, is passed on in the whole answer only.
OIDCPassUserInfoAs claims json
OIDCRemoteUserClaim sub
OIDCCookieSameSite On
# On the server, where the ID token is kept too: signing out sends it as the hint.
OIDCSessionType server-cache

<Location /private>
    AuthType openid-connect
    Require valid-user
</Location>
"""

PRIVATE_PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Espace privé</title>
<h1>Espace privé</h1>
<dl id="claims">
<dt>sub<dd id="sub"><!--#echo var="OIDC_CLAIM_sub" -->
<dt>iss<dd id="iss"><!--#echo var="OIDC_CLAIM_iss" -->
<dt>given_name<dd id="given_name"><!--#echo var="OIDC_CLAIM_given_name" -->
<dt>family_name<dd id="family_name"><!--#echo var="OIDC_CLAIM_family_name" -->
<dt>email<dd id="email"><!--#echo var="OIDC_CLAIM_email" -->
<dt>userinfo<dd id="userinfo"><!--#echo var="OIDC_userinfo_json" -->
</dl>
<a id="sign-out" href="/private/callback?logout={logout}">Se déconnecter</a>
"""


class Apache:
    def __init__(self, folder: Path, port: int, public: str, authority: Path) -> None:
        self.folder, self.port, self.public, self.authority = folder, port, public, authority
        self.process: subprocess.Popen | None = None

    def metadata(self) -> dict:
        return {
            "client_name": "Téléservice Apache",
            "redirect_uris": [f"{self.public}/private/callback"],
            "post_logout_redirect_uris": [f"{self.public}/signed-out.html"],
            "grant_types": ["authorization_code"],
            "token_endpoint_auth_method": "client_secret_basic",
            "scope": "openid profile email scolarite",
        }

    def configure(self, issuer: str, registration: dict) -> None:
        pages = self.folder / "pages" / "private"
        pages.mkdir(parents=True, exist_ok=True)
        logout = f"{self.public}/signed-out.html".replace(":", "%3A").replace("/", "%2F")
        (pages / "index.shtml").write_text(PRIVATE_PAGE.format(logout=logout))
        out = '<!doctype html><meta charset="utf-8"><p id="signed-out">Vous êtes déconnecté.</p>'
        (pages.parent / "signed-out.html").write_text(out)
        load = "LoadModule {0}_module /usr/lib/apache2/modules/mod_{0}.so"
        user = ""
        if os.geteuid() == 0:
            # Apache will not serve as root: its children become www-data, who must read the pages.
            user = "User www-data\nGroup www-data"
            subprocess.run(["chown", "-R", "www-data", self.folder], check=True)
        self.configuration = self.folder / "apache.conf"
        self.configuration.write_text(
            CONFIGURATION.format(
                folder=self.folder,
                port=self.port,
                user=user,
                modules="\n".join(load.format(name) for name in MODULES),
                issuer=issuer,
                authority=self.authority,
                client_id=registration["client_id"],
                client_secret=registration["client_secret"],
                public=self.public,
                passphrase=secrets.token_hex(24),
            )
        )

    def __enter__(self) -> "Apache":
        self.process = subprocess.Popen(
            ["/usr/sbin/apache2", "-X", "-f", self.configuration],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "start.log").open("wb"),
        )
        wait_until(self._listens, 15, "Apache listens")
        return self

    def _listens(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(
                "Apache ended: " + (self.folder / "start.log").read_text() + self.log
            )
        return accepts(self.port)

    @property
    def log(self) -> str:
        log = self.folder / "error.log"
        return log.read_text(errors="replace")[-3000:] if log.exists() else ""

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait(15)
