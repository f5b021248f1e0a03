"""The alert commands of deploy/alerts, against servers of this test: taken is exit 0, anything else is not."""

import http.server
import json
import os
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import unittest

COMMANDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../deploy/alerts")
ALERT = {"id": "s-1-7", "at": "2026-01-02T03:04:05Z", "level": "critical", "code": "silence", "text": "no trade for 30 s"}


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, self.headers["Content-Type"], body))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_):
        pass


class Mail(socketserver.StreamRequestHandler):
    """As much SMTP as a mail needs."""

    def handle(self):
        self.say("220 test")
        for line in iter(self.rfile.readline, b""):
            word = line.split()[0].upper().decode() if line.split() else ""
            if word in ("EHLO", "HELO", "MAIL"):
                self.say("250 fine")
            elif word == "RCPT":
                self.say("250 fine" if self.server.takes else "550 no such person")
            elif word == "DATA":
                self.say("354 go on")
                mail = b""
                while not mail.endswith(b"\r\n.\r\n"):
                    mail += self.rfile.readline()
                self.server.mails.append(mail.decode())
                self.say("250 taken")
            else:
                self.say("221 bye" if word == "QUIT" else "502 what")

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class AlertCommands(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="s1mple-test-")
        self.addCleanup(shutil.rmtree, self.directory)

    def serve(self, server, **members):
        for name, value in members.items():
            setattr(server, name, value)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def file(self, text):
        path = os.path.join(self.directory, "settings")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def run_command(self, name, *arguments, alert=json.dumps(ALERT, separators=(",", ":"))):
        return subprocess.run([os.path.join(COMMANDS, name), *arguments], input=alert + "\n", text=True, capture_output=True, timeout=30)

    def needs_curl(self):
        if shutil.which("curl") is None:
            self.skipTest("curl is not installed")

    def test_webhook_posts_the_alert_as_it_is(self):
        self.needs_curl()
        server = self.serve(http.server.HTTPServer(("127.0.0.1", 0), Hook), seen=[], answer=204)
        done = self.run_command("webhook", self.file(f"http://127.0.0.1:{server.server_port}/hook?token=secret\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        path, kind, body = server.seen[0]
        self.assertEqual((path, kind), ("/hook?token=secret", "application/json"))
        self.assertEqual(json.loads(body), ALERT)

    def test_webhook_fails_when_the_server_refuses_or_is_not_there_and_tells_no_secret(self):
        self.needs_curl()
        server = self.serve(http.server.HTTPServer(("127.0.0.1", 0), Hook), seen=[], answer=500)
        address = self.file(f"http://127.0.0.1:{server.server_port}/hook?token=secret")
        refused = self.run_command("webhook", address)
        self.assertNotEqual(refused.returncode, 0)
        gone = self.run_command("webhook", self.file("http://127.0.0.1:1/hook?token=secret"))
        self.assertNotEqual(gone.returncode, 0)
        for done in (refused, gone):
            self.assertNotIn("secret", done.stdout + done.stderr)

    def mail_settings(self, port):
        return self.file(f'url = "smtp://127.0.0.1:{port}"\nmail-from = "trader@example.org"\nmail-rcpt = "me@example.org"\n')

    def test_email_says_in_its_subject_what_happened(self):
        self.needs_curl()
        server = self.serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail), mails=[], takes=True)
        done = self.run_command("email", self.mail_settings(server.server_address[1]))
        self.assertEqual(done.returncode, 0, done.stderr)
        head, body = server.mails[0].split("\r\n\r\n", 1)
        self.assertIn("Subject: S1mpleTrader critical: silence", head.split("\r\n"))
        self.assertIn("To: me@example.org", head.split("\r\n"))
        self.assertIn("Message-ID: <s-1-7@s1mpletrader>", head.split("\r\n"))
        self.assertIn("no trade for 30 s", body)

    def test_an_alert_cannot_add_headers_to_its_mail(self):
        self.needs_curl()
        server = self.serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail), mails=[], takes=True)
        evil = json.dumps(dict(ALERT, code="x\r\nBcc: all@example.org"), separators=(",", ":"))
        self.assertEqual(self.run_command("email", self.mail_settings(server.server_address[1]), alert=evil).returncode, 0)
        head = server.mails[0].split("\r\n\r\n", 1)[0]
        self.assertFalse([line for line in head.split("\r\n") if line.startswith("Bcc")])

    def test_email_fails_when_the_server_refuses_or_is_not_there(self):
        self.needs_curl()
        server = self.serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail), mails=[], takes=False)
        self.assertNotEqual(self.run_command("email", self.mail_settings(server.server_address[1])).returncode, 0)
        self.assertNotEqual(self.run_command("email", self.mail_settings(1)).returncode, 0)

    def test_log_to_file_appends_a_line(self):
        path = os.path.join(self.directory, "alerts.jsonl")
        for _ in range(2):
            self.assertEqual(self.run_command("log-to-file", path).returncode, 0)
        with open(path, encoding="utf-8") as file:
            self.assertEqual([json.loads(line) for line in file], [ALERT, ALERT])
        self.assertNotEqual(self.run_command("log-to-file", self.directory + "/nowhere/x").returncode, 0)

    def test_each_says_how_it_is_used(self):
        for name in ("email", "webhook", "log-to-file"):
            done = self.run_command(name)
            self.assertEqual(done.returncode, 64)
            self.assertIn("usage", done.stderr)


if __name__ == "__main__":
    sys.exit(unittest.main())
