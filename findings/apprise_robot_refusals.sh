#!/bin/sh
# apprise reports success when a robot of WeCom or DingTalk refuses a message, and splits by characters where they count
# bytes, so that Chinese messages within apprise's limit are refused.
#
# Both robots answer HTTP 200 to a refusal and name the error in the body ({"errcode": 93000, ...}); apprise looks at the
# status alone, while it reads the body of Feishu and Lark. WeCom allows 2048 bytes of text: 2048 Chinese characters,
# which apprise sends as one message, are 6144. A split also cuts inside lines. The text below has 2048 characters.
#
# Seen with apprise 2.3.0:
#   refused with errcode 93000: notify() is True
#   messages sent: 1, bytes of text: 6144
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet apprise==2.3.0
"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from apprise import Apprise
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot

received = []


class Robot(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received.append(json.loads(body)["text"]["content"])
        answer = b'{"errcode": 93000, "errmsg": "invalid webhook url"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Robot)
threading.Thread(target=server.serve_forever, daemon=True).start()
there = f"http://127.0.0.1:{server.server_address[1]}/"
NotifyWeComBot.notify_url = there + "?key={key}"
NotifyDingTalk.notify_url = there + "?access_token={token}"


def told(address, text, **how):
    robots = Apprise()
    robots.add(address)
    return robots.notify(body=text, **how)


refused = [told("wecombot://key", "text"), told("dingtalk://token", "text")]
received.clear()
told("wecombot://key?overflow=split", "守" * 2048)
bytes_sent = max(len(text.encode()) for text in received)
print(f"refused with errcode 93000: notify() is {all(refused)}")
print(f"messages sent: {len(received)}, bytes of text: {bytes_sent}")
sys.exit(0 if all(refused) and bytes_sent > 2048 else 1)
PYTHON
