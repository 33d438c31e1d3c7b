"""A real Keystone behind the web server of Python's library, over TLS.

Takes a port (0 for any) and a PEM file of certificate and key; writes the port once it listens.
OS_KEYSTONE_CONFIG_DIR says where its settings are.
"""

import socketserver
import ssl
import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

port, certificate = sys.argv[1:]
# Keystone reads the arguments, too, and knows none of these.
del sys.argv[1:]

from keystone.wsgi.api import application  # noqa: E402


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Handler(WSGIRequestHandler):
    def log_message(self, *_):
        pass


server = make_server("127.0.0.1", int(port), application, Server, Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
