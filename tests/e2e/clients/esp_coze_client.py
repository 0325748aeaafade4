"""What Espressif's esp_coze does on its WebSocket, on a plain socket: sends chat.update without waiting for anything, takes
whole text frames only, has a buffer of 20 KiB and plays a packet an event.

usage: esp_coze_client.py HOST PORT KEY CASE [question.wav]
cases: vad (says the WAV file, and stays silent), interruption (says it twice, the second time over the answer)
Prints one JSON object; ends with 1 when the conversation failed or a rule was broken.
"""

import base64
import json
import os
import socket
import struct
import sys
import threading
import time
import wave

PATIENCE_S = 90
RX_BUFFER = 20480
RATE = 16000
APPEND_BYTES = 4096  # 128 ms
PACKETS_A_SECOND = 18
PACKET_SAMPLES = 2880  # 60 ms of Opus's 48 kHz
UPDATE = {
    "chat_config": {
        "auto_save_history": True,
        "conversation_id": "7497079300000000000",
        "user_id": "userid_123",
        "meta_data": {},
        "custom_variables": {},
        "extra_params": {},
        "parameters": {"custom_var_1": "x"},
    },
    "input_audio": {"format": "pcm", "codec": "pcm", "sample_rate": RATE, "channel": 1, "bit_depth": 16},
    "turn_detection": {"type": "server_vad", "prefix_padding_ms": 600, "silence_duration_ms": 500},
    "output_audio": {
        "codec": "opus",
        "opus_config": {
            "bitrate": 16000,
            "frame_size_ms": 60,
            "limit_config": {"period": 1, "max_frame_num": PACKETS_A_SECOND},
        },
        "speech_rate": 20,
        "voice_id": "7426720361733144585",
    },
    "event_subscriptions": [
        "conversation.audio.delta",
        "conversation.chat.completed",
        "conversation.chat.canceled",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "chat.created",
        "error",
        "conversation.message.delta",
    ],
}


def samples_of(packet):
    """How long a packet of Opus is, by its first bytes (RFC 6716, 3.1)."""
    config = packet[0] >> 3
    if config < 12:
        frame = (480, 960, 1920, 2880)[config & 3]
    elif config < 16:
        frame = (480, 960)[config & 1]
    else:
        frame = (120, 240, 480, 960)[config & 3]
    code = packet[0] & 3
    return frame * (1 if code == 0 else 2 if code < 3 else packet[1] & 63)


class Board:
    def __init__(self, host, port, key):
        self.socket = socket.create_connection((host, port), PATIENCE_S)
        self.lock = threading.Lock()
        self.rest = b""
        self.events = []
        self.text = ""
        self.packets = []  # when the server sent them, in ms: this reader may be late
        self.longest = 0
        nonce = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            (
                f"GET /v1/chat?bot_id=default HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {nonce}\r\n"
                f"Authorization: Bearer {key}\r\n\r\n"
            ).encode()
        )
        head = self.take_until(b"\r\n\r\n").decode()
        assert head.startswith("HTTP/1.1 101"), head.splitlines()[0]
        assert "extensions" not in head.lower(), head
        self.send("chat.update", UPDATE)

    def take_until(self, end):
        while end not in self.rest:
            self.fill()
        at = self.rest.index(end) + len(end)
        taken, self.rest = self.rest[:at], self.rest[at:]
        return taken

    def take(self, count):
        while len(self.rest) < count:
            self.fill()
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def fill(self):
        more = self.socket.recv(65536)
        assert more, "the server has closed"
        self.rest += more

    def frame(self, opcode, payload):
        mask = os.urandom(4)
        size = len(payload)
        head = bytes([0x80 | opcode])
        head += bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + struct.pack(">H", size)
        masked = bytes(byte ^ mask[i & 3] for i, byte in enumerate(payload))
        with self.lock:
            self.socket.sendall(head + mask + masked)

    def send(self, event_type, data):
        # Ids look like UUIDs and are none, as the library's.
        event = {"id": "0a7c8af3-e729-56e7-47b1-ecb3a8adb149", "event_type": event_type, "data": data}
        self.frame(1, json.dumps(event).encode())

    def next_event(self):
        while True:
            first, second = self.take(2)
            assert not second & 0x80, "a server does not mask"
            size = second & 127
            if size == 126:
                size = struct.unpack(">H", self.take(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self.take(8))[0]
            payload = self.take(size)
            opcode = first & 15
            if opcode == 9:
                self.frame(10, payload)
                continue
            assert opcode == 1, f"opcode {opcode}: the library drops all but text"
            assert first & 0x80, "a fragment: the library drops the rest"
            assert not first & 0x70, "compressed"
            assert size <= RX_BUFFER, f"{size} bytes at once"
            self.longest = max(self.longest, size)
            event = json.loads(payload)
            self.note(event)
            return event

    def note(self, event):
        kind = event["event_type"]
        if not self.events or self.events[-1] != kind:
            self.events.append(kind)
        if kind == "error":
            raise RuntimeError(event["data"]["msg"])
        assert kind in UPDATE["event_subscriptions"], f"{kind} was not subscribed to"
        if kind == "conversation.message.delta":
            self.text += event["data"]["content"]
        if kind == "conversation.audio.delta":
            packet = base64.b64decode(event["data"]["content"], validate=True)
            assert samples_of(packet) == PACKET_SAMPLES, "not one packet of 60 ms"
            self.packets.append(int(event["detail"]["respond_at"]))

    def until(self, *kinds):
        while True:
            event = self.next_event()
            if event["event_type"] in kinds:
                return event

    def say(self, pcm):
        """As a microphone: at the speed of speech, and open for a while after it."""
        pcm += bytes(RATE * 2 * 2)
        began = time.monotonic()
        for at in range(0, len(pcm), APPEND_BYTES):
            part = pcm[at : at + APPEND_BYTES]
            self.send("input_audio_buffer.append", {"delta": base64.b64encode(part).decode()})
            time.sleep(max(0, began + (at + APPEND_BYTES) / (RATE * 2) - time.monotonic()))

    def check_pacing(self):
        for i in range(len(self.packets) - PACKETS_A_SECOND):
            gap = self.packets[i + PACKETS_A_SECOND] - self.packets[i]
            assert gap >= 999, f"{PACKETS_A_SECOND + 1} packets in {gap} ms"  # it is rounded down


def read_question(path):
    """16 kHz, whatever it was: the nearest samples will do for a recogniser."""
    with wave.open(path) as sound:
        rate, pcm = sound.getframerate(), sound.readframes(sound.getnframes())
    count = len(pcm) // 2
    samples = struct.unpack(f"<{count}h", pcm[: count * 2])
    wanted = count * RATE // rate
    return struct.pack(f"<{wanted}h", *(samples[i * rate // RATE] for i in range(wanted)))


def vad(board, pcm):
    speaking = threading.Thread(target=board.say, args=(pcm,))
    speaking.start()
    board.until("input_audio_buffer.speech_started")
    board.until("input_audio_buffer.speech_stopped")
    board.until("conversation.chat.completed")
    speaking.join()


def interruption(board, pcm):
    answered = threading.Event()

    def speak():
        board.say(pcm)
        answered.wait(PATIENCE_S)
        board.say(pcm)

    speaking = threading.Thread(target=speak)
    speaking.start()
    board.until("conversation.audio.delta")
    answered.set()
    board.until("conversation.chat.canceled")
    board.until("conversation.chat.completed")
    speaking.join()


def main():
    host, port, key, case = sys.argv[1:5]
    board = Board(host, int(port), key)
    told = {}
    try:
        {"vad": vad, "interruption": interruption}[case](board, read_question(sys.argv[5]))
        board.check_pacing()
    except Exception as problem:  # all that was told goes to the test's log
        told["problem"] = repr(problem)
    told.update(text=board.text, packets=len(board.packets), longest=board.longest, events=board.events)
    print(json.dumps(told))
    sys.exit(1 if "problem" in told else 0)


main()
