"""The URL of a live source, taken apart; what is shown and written down never holds the password."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from smelt.terms.errors import InputError


@dataclass(frozen=True)
class SourceUrl:
    """Parts of a URL such as `mqtts://user:pw@shop:8883/MTConnect/#?session=north`.

    user, password : None where the URL names none.
    hosts : `host:port`, or several with commas between them; as written.
    path : what follows the first slash, unquoted; `#` and `+` are ordinary characters, as topic filters want it.
    options : what follows the last question mark.
    """

    kind: str
    user: str | None
    password: str | None = field(repr=False)
    hosts: str
    path: str
    options: dict[str, str]

    @property
    def shown(self) -> str:
        """The URL without user and password."""
        options = "&".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.root}/{self.path}{'?' if options else ''}{options}"

    @property
    def root(self) -> str:
        """Kind and hosts: what the sources of all parts begin with."""
        return f"{self.kind}://{self.hosts}"

    def host_and_port(self, default_port: int) -> tuple[str, int]:
        """Return the one host and its port.

        Raises
        ------
        InputError
            If there is no host, or the port is no number.

        Examples
        --------
        >>> source_url("mqtt://shop/MTConnect/#").host_and_port(1883)
        ('shop', 1883)
        >>> source_url("shdr://[::1]:7878/Mazak01").host_and_port(7878)
        ('::1', 7878)
        """
        host, colon, port = self.hosts.rpartition(":")
        if not colon or port.endswith("]"):
            host, port = self.hosts, str(default_port)
        if not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
            raise InputError(
                f"source '{self.shown}': expected a host and a port, as in {self.kind}://host:{default_port}."
            )
        return host.strip("[]"), int(port)

    def only_options(self, *known: str) -> None:
        """Refuse options that the source does not know.

        Raises
        ------
        InputError
            If there is any.
        """
        for name in self.options:
            if name not in known:
                raise InputError(f"source '{self.shown}': no option '{name}'; there are {', '.join(known) or 'none'}.")


def source_url(url: str) -> SourceUrl:
    """Take a URL apart.

    Raises
    ------
    InputError
        If it has no `kind://`.

    Examples
    --------
    >>> url = source_url("mqtt://me:s%40lt@shop:1883/MTConnect/+/a#?session=north")
    >>> url.user, url.password, url.hosts, url.path, url.options
    ('me', 's@lt', 'shop:1883', 'MTConnect/+/a#', {'session': 'north'})
    >>> url.shown
    'mqtt://shop:1883/MTConnect/+/a#?session=north'
    """
    kind, found, rest = url.partition("://")
    if not found or not kind:
        raise InputError(f"source '{url}': expected a URL, as in mqtt://host:1883/MTConnect/#.")
    rest, asked, query = rest.rpartition("?") if "?" in rest else (rest, "", "")
    netloc, _, path = rest.partition("/")
    login, at, hosts = netloc.rpartition("@")
    user, _, password = login.partition(":")
    return SourceUrl(
        kind.lower(),
        unquote(user) if at else None,
        unquote(password) if at else None,
        hosts,
        unquote(path),
        dict(parse_qsl(query, keep_blank_values=True)) if asked else {},
    )
