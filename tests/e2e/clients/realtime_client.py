"""The openai package of PyPI against a gateway: says a WAV file, and tells what came of it.

usage: realtime_client.py http://host:port KEY CASE [question.wav]
Prints one JSON object; ends with 1 when the conversation failed.
"""

import asyncio
import base64
import json
import sys
import wave

from openai import AsyncOpenAI

PATIENCE_S = 90
APPEND_MS = 40
MODEL = "default"


def read_pcm(path):
    with wave.open(path) as sound:
        return sound.getframerate(), sound.readframes(sound.getnframes())


class Talk:
    def __init__(self, connection):
        self.connection = connection
        self.events = []
        self.audio_bytes = 0

    async def until(self, *types):
        """The next event of one of these types."""
        while True:
            event = await asyncio.wait_for(self.connection.recv(), PATIENCE_S)
            self.events.append(event.type)
            if event.type in ("response.output_audio.delta", "response.audio.delta"):
                self.audio_bytes += len(base64.b64decode(event.delta))
            if event.type in types:
                return event
            if event.type == "error":
                raise RuntimeError(event.error.message)

    async def say(self, path):
        rate, pcm = read_pcm(path)
        step = rate * 2 * APPEND_MS // 1000
        silence = bytes(rate * 2)
        for at in range(0, len(pcm + silence), step):
            part = (pcm + silence)[at : at + step]
            await self.connection.input_audio_buffer.append(audio=base64.b64encode(part).decode())
            await asyncio.sleep(APPEND_MS / 1000)

    async def update(self, rate=24000, **session):
        detection = session.pop("turn_detection", {"type": "server_vad"})
        await self.connection.session.update(
            session={
                "type": "realtime",
                "audio": {
                    "input": {
                        "format": {"type": "audio/pcm", "rate": rate},
                        "transcription": {"model": "whisper-1"},
                        "turn_detection": detection,
                    }
                },
                **session,
            }
        )
        await self.until("session.updated")

    def told(self, **more):
        return {"audio_bytes": self.audio_bytes, "events": self.events, **more}


async def vad(talk, path):
    await talk.update(rate=read_pcm(path)[0])
    speaking = asyncio.create_task(talk.say(path))
    heard = await talk.until("conversation.item.input_audio_transcription.completed")
    spoken = await talk.until("response.output_audio_transcript.done")
    done = await talk.until("response.done")
    await speaking
    return talk.told(heard=heard.transcript, spoken=spoken.transcript, status=done.response.status)


async def push_to_talk(talk, path):
    await talk.update(rate=read_pcm(path)[0], turn_detection=None)
    rate, pcm = read_pcm(path)
    await talk.connection.input_audio_buffer.append(audio=base64.b64encode(pcm).decode())
    await talk.connection.input_audio_buffer.commit()
    await talk.until("input_audio_buffer.committed")
    await talk.connection.response.create()
    done = await talk.until("response.done")
    heard = "conversation.item.input_audio_transcription.completed" in talk.events
    return talk.told(heard=heard, status=done.response.status)


async def interruption(talk, path):
    await talk.update(rate=read_pcm(path)[0])
    await talk.connection.conversation.item.create(
        item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "what can you do"}]}
    )
    await talk.connection.response.create()
    first = await talk.until("response.output_audio.delta")
    speaking = asyncio.create_task(talk.say(path))
    started = await talk.until("input_audio_buffer.speech_started")
    await talk.connection.conversation.item.truncate(item_id=first.item_id, content_index=0, audio_end_ms=40)
    truncated = await talk.until("conversation.item.truncated")
    done = await talk.until("response.done")
    if done.response.status == "cancelled":  # then what was said over it is answered
        done = await talk.until("response.done")
    await speaking
    return talk.told(started_ms=started.audio_start_ms, truncated_ms=truncated.audio_end_ms, status=done.response.status)


async def function_call(talk, _):
    await talk.update(
        output_modalities=["text"],
        tools=[
            {
                "type": "function",
                "name": "self.audio_speaker.set_volume",
                "description": "Sets the volume of the speaker.",
                "parameters": {
                    "type": "object",
                    "properties": {"volume": {"type": "integer", "minimum": 0, "maximum": 100}},
                    "required": ["volume"],
                },
            }
        ],
    )
    await talk.connection.conversation.item.create(
        item={
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "set the volume to fifty percent"}],
        }
    )
    await talk.connection.response.create()
    call = await talk.until("response.function_call_arguments.done")
    await talk.until("response.done")
    await talk.connection.conversation.item.create(
        item={"type": "function_call_output", "call_id": call.call_id, "output": "true"}
    )
    await talk.connection.response.create()
    text = await talk.until("response.output_text.done")
    done = await talk.until("response.done")
    return talk.told(call=call.arguments, text=text.text, status=done.response.status)


async def cancel(talk, _):
    await talk.connection.conversation.item.create(
        item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "what can you do"}]}
    )
    await talk.connection.response.create()
    await talk.until("response.output_audio.delta")
    await talk.connection.response.cancel()
    done = await talk.until("response.done")
    return talk.told(status=done.response.status, reason=done.response.status_details.reason)


async def beta(talk, _):
    await talk.connection.session.update(session={"modalities": ["audio", "text"], "turn_detection": None})
    updated = await talk.until("session.updated")
    await talk.connection.conversation.item.create(
        item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "what can you do"}]}
    )
    await talk.connection.response.create()
    spoken = await talk.until("response.audio_transcript.done")
    done = await talk.until("response.done")
    return talk.told(format=updated.session.input_audio_format, spoken=spoken.transcript, status=done.response.status)


CASES = {
    "beta": beta,
    "vad": vad,
    "push_to_talk": push_to_talk,
    "interruption": interruption,
    "function_call": function_call,
    "cancel": cancel,
}


async def main():
    url, key, case = sys.argv[1:4]
    wav = sys.argv[4] if len(sys.argv) > 4 else ""
    # Without websocket_base_url the beta client insists on TLS.
    client = AsyncOpenAI(
        api_key=key, base_url=url + "/v1", websocket_base_url=url.replace("http", "ws") + "/v1", max_retries=0
    )
    realtime = client.beta.realtime if case == "beta" else client.realtime
    async with realtime.connect(model=MODEL) as connection:
        talk = Talk(connection)
        await talk.until("session.created")
        try:
            print(json.dumps(await CASES[case](talk, wav)))
        except Exception as problem:  # all that was told goes to the test's log
            print(json.dumps({"problem": repr(problem), "events": talk.events}))
            sys.exit(1)


asyncio.run(main())
