"""An MCP server over standard input and output that plays a fault. Usage: mcp_server.py MODE

well     answers; its tools are echo, env, slow, crash, huge, garbage, log
mute     reads and says nothing
dead     ends at once
many     lists a thousand tools
flood    writes lines without end
stubborn ends neither at the end of its input nor at SIGTERM, and has a child
"""

import json
import os
import signal
import sys
import time

mode = sys.argv[1] if len(sys.argv) > 1 else "well"
out = sys.stdout


def send(message):
    out.write(json.dumps(message) + "\n")
    out.flush()


def reply(request, result):
    send({"jsonrpc": "2.0", "id": request["id"], "result": result})


def text(request, what):
    reply(request, {"content": [{"type": "text", "text": what}]})


def tool(name):
    return {
        "name": name,
        "description": name,
        "inputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}},
    }


def call(request):
    name = request["params"]["name"]
    if name == "echo":
        text(request, json.dumps(request["params"]["arguments"]))
    elif name == "env":
        text(request, json.dumps(sorted(os.environ)))
    elif name == "slow":
        pass
    elif name == "crash":
        os._exit(3)
    elif name == "huge":
        text(request, "x" * (10 * 1024 * 1024))
    elif name == "garbage":
        out.write("\xff\xfe not json\n{\n")
        text(request, "after garbage")
    elif name == "log":
        sys.stderr.write("a line for the log\n")
        sys.stderr.flush()
        text(request, str(os.getpid()))


if mode == "dead":
    sys.exit(7)
if mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        time.sleep(600)
        os._exit(0)
if mode == "flood":
    while True:
        out.write("noise " * 100 + "\n")

for line in sys.stdin:
    if mode == "mute":
        continue
    request = json.loads(line)
    method = request.get("method")
    if method == "initialize":
        reply(
            request,
            {
                "protocolVersion": request["params"]["protocolVersion"],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "fake", "version": "1"},
            },
        )
    elif method == "tools/list":
        names = ["echo", "env", "slow", "crash", "huge", "garbage", "log"]
        if mode == "many":
            names = ["t%d" % i for i in range(1000)]
        reply(request, {"tools": [tool(name) for name in names]})
    elif method == "tools/call":
        call(request)
if mode == "stubborn":
    time.sleep(600)
