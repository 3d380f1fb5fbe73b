"""nginx as the TLS front, the way an operator would put it before EduConnect."""

import os
import subprocess
from functools import partial
from pathlib import Path

from .authority import Authority
from .ports import accepts, wait_until

SITE = """
    server {{
        listen 127.0.0.1:{public} ssl;
        server_name localhost;
        location / {{
            proxy_pass http://127.0.0.1:{private};
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto https;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Port {public};
        }}
    }}
"""

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 2m;
    large_client_header_buffers 4 32k;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
{sites}
}}
"""


class TLSFront:
    """`sites` maps a public port to the private one behind it."""

    def __init__(self, folder: Path, authority: Authority, sites: dict[int, int]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.sites = sites
        text = CONFIGURATION.format(
            folder=folder,
            # Workers of a root master would otherwise become nobody, who can't enter our folder.
            user="user root;" if os.geteuid() == 0 else "",
            certificate=authority.certificate,
            key=authority.key,
            sites="".join(SITE.format(public=a, private=b) for a, b in sites.items()),
        )
        self.configuration = folder / "nginx.conf"
        self.configuration.write_text(text)
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "TLSFront":
        self.process = subprocess.Popen(
            ["/usr/sbin/nginx", "-c", self.configuration, "-p", self.folder],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "start.log").open("wb"),
        )
        for port in self.sites:
            wait_until(partial(self._listens, port), 10, f"nginx listens on {port}")
        return self

    def _listens(self, port: int) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError("nginx ended: " + (self.folder / "start.log").read_text())
        return accepts(port)

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait(10)
