"""The cozepy package of PyPI against a gateway.

usage: coze_client.py ws://host:port KEY CASE [question.wav]
Prints one JSON object; ends with 1 when the conversation failed.
"""

import base64
import json
import sys
import threading
import time
import wave

from cozepy import InputAudio, OutputAudio, SyncHTTPClient, TokenAuth, ToolOutput, WebsocketsEventType
from cozepy.request import Requester
from cozepy.websockets.audio.speech import InputTextBufferAppendEvent, WebsocketsAudioSpeechClient
from cozepy.websockets.audio.transcriptions import (
    InputAudioBufferAppendEvent,
    TranscriptionsUpdateEvent,
    WebsocketsAudioTranscriptionsClient,
)
from cozepy.websockets.chat import (
    ChatUpdateEvent,
    ConversationChatSubmitToolOutputsEvent,
    ConversationMessageCreateEvent,
    WebsocketsChatClient,
)

PATIENCE_S = 90
APPEND_MS = 40
TOOL = {
    "name": "self.audio_speaker.set_volume",
    "description": "Sets the volume of the speaker.",
    "parameters": {
        "type": "object",
        "properties": {"volume": {"type": "integer", "minimum": 0, "maximum": 100}},
        "required": ["volume"],
    },
}


class Talk:
    def __init__(self, url, key, service):
        self.news = threading.Condition()
        self.events = []  # (type, event)
        more = {"bot_id": "default"} if service is WebsocketsChatClient else {}
        self.client = service(
            base_url=url,
            requester=Requester(auth=TokenAuth(key), sync_client=SyncHTTPClient()),
            on_event={kind: self.hear(kind) for kind in WebsocketsEventType},
            **more,
        )

    def hear(self, kind):
        def heard(_, *event):
            with self.news:
                self.events.append((kind, event[0] if event else None))
                self.news.notify_all()

        return heard

    def until(self, kind, after=0):
        """The first event of this type."""
        failures = (WebsocketsEventType.ERROR, WebsocketsEventType.CONVERSATION_CHAT_FAILED)
        deadline = time.monotonic() + PATIENCE_S
        with self.news:
            while True:
                for seen, event in self.events[after:]:
                    if seen in failures:
                        raise RuntimeError(str(event))
                    if seen == kind:
                        return event
                if not self.news.wait(deadline - time.monotonic()):
                    raise RuntimeError(f"no {kind}")

    def all_of(self, kind):
        return [event for seen, event in self.events if seen == kind]

    def write(self, text):
        self.client.conversation_message_create(
            ConversationMessageCreateEvent.Data(role="user", content_type="text", content=text)
        )

    def say(self, path):
        with wave.open(path) as sound:
            rate, pcm = sound.getframerate(), sound.readframes(sound.getnframes())
        pcm += bytes(rate * 4)
        step = rate * 2 * APPEND_MS // 1000
        for at in range(0, len(pcm), step):
            self.client.input_audio_buffer_append(InputAudioBufferAppendEvent.Data(delta=pcm[at : at + step]))
            time.sleep(APPEND_MS / 1000)

    def update(self, path=None, detection="server_vad", **more):
        rate = 24000
        if path:
            with wave.open(path) as sound:
                rate = sound.getframerate()
        self.client.chat_update(
            ChatUpdateEvent.Data(
                input_audio=InputAudio(format="pcm", codec="pcm", sample_rate=rate, channel=1, bit_depth=16),
                output_audio=OutputAudio(codec="pcm"),
                turn_detection=ChatUpdateEvent.TurnDetection(type=detection),
                **more,
            )
        )
        return self.until(WebsocketsEventType.CHAT_UPDATED)

    def told(self, **more):
        sound = b"".join(event.data.get_audio() for event in self.all_of(WebsocketsEventType.CONVERSATION_AUDIO_DELTA))
        deltas = "".join(e.data.content for e in self.all_of(WebsocketsEventType.CONVERSATION_MESSAGE_DELTA))
        answers = [
            e.data.content
            for e in self.all_of(WebsocketsEventType.CONVERSATION_MESSAGE_COMPLETED)
            if e.data.type == "answer"
        ]
        assert deltas == "".join(answers), (deltas, answers)
        return {"audio_bytes": len(sound), "answer": deltas, "events": self.kinds(), **more}

    def kinds(self):
        kinds = []
        for kind, _ in self.events:
            if not kinds or kinds[-1] != kind.value:
                kinds.append(kind.value)
        return kinds


def text(talk, _):
    talk.write("what can you do")
    done = talk.until(WebsocketsEventType.CONVERSATION_CHAT_COMPLETED)
    return talk.told(status=done.data.status.value)


def vad(talk, path):
    talk.update(path)
    talk.say(path)
    heard = talk.until(WebsocketsEventType.CONVERSATION_AUDIO_TRANSCRIPT_COMPLETED)
    done = talk.until(WebsocketsEventType.CONVERSATION_CHAT_COMPLETED)
    return talk.told(heard=heard.data.content, status=done.data.status.value)


def push_to_talk(talk, path):
    talk.update(path, detection="client_interrupt")
    talk.client.conversation_chat_cancel()
    talk.say(path)
    talk.client.input_audio_buffer_complete()
    done = talk.until(WebsocketsEventType.CONVERSATION_CHAT_COMPLETED)
    return talk.told(status=done.data.status.value)


def cancel(talk, _):
    talk.write("what can you do")
    talk.until(WebsocketsEventType.CONVERSATION_CHAT_CREATED)
    talk.client.conversation_chat_cancel()
    talk.until(WebsocketsEventType.CONVERSATION_CHAT_CANCELED)
    return {"events": talk.kinds()}


def function_call(talk, _):
    talk.update(chat_config=ChatUpdateEvent.ChatConfig(parameters={"tools": [{"type": "function", "function": TOOL}]}))
    talk.write("set the volume to fifty percent")
    asked = talk.until(WebsocketsEventType.CONVERSATION_CHAT_REQUIRES_ACTION)
    call = asked.data.required_action.submit_tool_outputs.tool_calls[0]
    talk.client.conversation_chat_submit_tool_outputs(
        ConversationChatSubmitToolOutputsEvent.Data(
            chat_id=asked.data.id, tool_outputs=[ToolOutput(tool_call_id=call.id, output="true")]
        )
    )
    done = talk.until(WebsocketsEventType.CONVERSATION_CHAT_COMPLETED)
    return talk.told(call=call.function.arguments, status=done.data.status.value)


def speech(talk, _):
    talk.client.input_text_buffer_append(InputTextBufferAppendEvent.Data(delta="Dinner is ready."))
    talk.client.input_text_buffer_complete()
    talk.until(WebsocketsEventType.SPEECH_AUDIO_COMPLETED)
    sound = b"".join(event.data.delta for event in talk.all_of(WebsocketsEventType.SPEECH_AUDIO_UPDATE))
    return {"audio_bytes": len(sound), "events": talk.kinds()}


def transcription(talk, path):
    with wave.open(path) as sound:
        rate = sound.getframerate()
    talk.client.transcriptions_update(
        TranscriptionsUpdateEvent.Data(
            input_audio=InputAudio(format="pcm", codec="pcm", sample_rate=rate, channel=1, bit_depth=16)
        )
    )
    talk.until(WebsocketsEventType.TRANSCRIPTIONS_UPDATED)
    talk.say(path)
    talk.client.input_audio_buffer_complete()
    talk.until(WebsocketsEventType.TRANSCRIPTIONS_MESSAGE_COMPLETED)
    heard = talk.all_of(WebsocketsEventType.TRANSCRIPTIONS_MESSAGE_UPDATE)[-1].data.content
    return {"heard": heard, "events": talk.kinds()}


# Of which service, and what it begins with.
SIBLINGS = {
    "speech": (WebsocketsAudioSpeechClient, WebsocketsEventType.SPEECH_CREATED),
    "transcription": (WebsocketsAudioTranscriptionsClient, WebsocketsEventType.TRANSCRIPTIONS_CREATED),
}
CASES = {
    "speech": speech,
    "transcription": transcription,
    "text": text,
    "vad": vad,
    "push_to_talk": push_to_talk,
    "cancel": cancel,
    "function_call": function_call,
}


def main():
    url, key, case = sys.argv[1:4]
    service, created = SIBLINGS.get(case, (WebsocketsChatClient, WebsocketsEventType.CHAT_CREATED))
    talk = Talk(url, key, service)
    ended = 0
    with talk.client():
        talk.until(created)
        try:
            print(json.dumps(CASES[case](talk, sys.argv[4] if len(sys.argv) > 4 else "")))
        except Exception as problem:  # all that was told goes to the test's log
            print(json.dumps({"problem": repr(problem), "events": talk.kinds()}))
            ended = 1
    sys.exit(ended)


main()
