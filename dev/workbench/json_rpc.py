"""A small client of Odoo's web client interface: a real session of a real user."""

import http.cookiejar
import itertools
import json
import urllib.request


class RemoteError(Exception):
    """An exception that Odoo raised; `name` is its Python class."""

    def __init__(self, data):
        self.name = data.get("name", "")
        self.debug = data.get("debug", "")
        super().__init__(data.get("message") or self.name)


class JsonRpc:
    """Calls methods of Odoo models over HTTP.

    >>> client = JsonRpc("http://localhost:8069", "debitor").log_in("admin", "admin")
    ... client.call("res.partner", "search_count", [("is_company", "=", True)])
    """

    def __init__(self, url, database):
        self.url = url
        self.database = database
        self.user_id = None
        self.context = {}
        self._numbers = itertools.count(1)
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        # Proxies of the environment are of no use for a server on this computer.
        self._opener = urllib.request.build_opener(cookies, urllib.request.ProxyHandler({}))

    def log_in(self, login, password):
        """Open a session; raises RemoteError for a wrong password."""
        session = self.post(
            "/web/session/authenticate", db=self.database, login=login, password=password
        )
        self.user_id = session["uid"]
        self.context = session.get("user_context", {})
        return self

    def call(self, model, method, *args, **kwargs):
        """Call a public method; the first argument is the ids for a record's method."""
        context = {**self.context, **kwargs.pop("context", {})}
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs={**kwargs, "context": context},
        )

    def post(self, path, timeout=300, **params):
        """Send one JSON-RPC request to any route of type jsonrpc; return its result."""
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self._numbers), "params": params}
        request = urllib.request.Request(
            self.url + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with self._opener.open(request, timeout=timeout) as response:
            answer = json.load(response)
        if "error" in answer:
            raise RemoteError(answer["error"].get("data", answer["error"]))
        # A method without a return value leaves the result out.
        return answer.get("result")
