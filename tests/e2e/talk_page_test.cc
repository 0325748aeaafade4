// The page where one talks to an agent, in a real browser with a microphone that hears a recording.
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/audio/wav.h"
#include "tests/e2e/console_fixture.h"
#include "tests/e2e/scripted_hearing.h"
#include "tests/fakes/speech_maker.h"

namespace earshot::e2e {
namespace {

constexpr const char* kSpeaking = "return document.querySelector('.orb')?.dataset.state === 'speaking'";
constexpr const char* kQuiet =
    "return ['listening', 'muted'].includes(document.querySelector('.orb')?.dataset.state)";

// A recording that the microphone hears: silence, the words, silence.
std::string recording(const std::string& words, int before_ms, int after_ms) {
  Pcm clip = fakes::say(fakes::Speaker::kSlt, words);
  const auto silence = [&](int ms) {
    return static_cast<std::size_t>(samples_per_frame(clip.sample_rate_hz, ms));
  };
  clip.samples.insert(clip.samples.begin(), silence(before_ms), 0);
  clip.samples.insert(clip.samples.end(), silence(after_ms), 0);
  const std::string path = scratch_folder() + "/microphone.wav";
  if (const Status written = write_wav_file(path, clip); !written.ok())
    throw std::runtime_error(written.error().message);
  return path;
}

// `once`: else from its beginning again and again.
std::vector<std::string> microphone(const std::string& wav, bool once) {
  return {"--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
          "--use-file-for-fake-audio-capture=" + wav + (once ? "%noloop" : "")};
}

class TalkPageTest : public ConsoleTest {
 protected:
  TalkPageTest(std::vector<std::string> lines, const std::vector<std::string>& flags)
      : TalkPageTest(std::make_unique<ScriptedHearing>(std::move(lines)), flags) {}
  TalkPageTest(std::unique_ptr<ScriptedHearing> hearing, const std::vector<std::string>& flags)
      : ConsoleTest({.workers = 1, .worker_config = hearing->worker_config()}, flags),
        hearing_(std::move(hearing)) {}

  void open_page(const std::string& query = "") {
    make_first_admin();
    browser_.run("location.hash = '#/talk" + query + "'");
    browser_.wait_until("return document.querySelector('.talk select')?.value !== undefined", "the page");
  }
  void type(const std::string& words) {
    browser_.clear_and_type("input[name=words]", words);
    browser_.press("input[name=words]", "Enter");
  }

  std::unique_ptr<ScriptedHearing> hearing_;
};

class SpokenTalkTest : public TalkPageTest {
 protected:
  SpokenTalkTest()
      : TalkPageTest({"what can you do"}, microphone(recording("what can you do", 1000, 500), true)) {}
};

TEST_F(SpokenTalkTest, ASpokenQuestionIsWrittenDownAndAnsweredAloud) {
  open_page();
  browser_.click(button("Start talking"));
  browser_.wait_until("return document.querySelector('.turn .user')?.textContent === 'what can you do'",
                      "the transcript");
  browser_.wait_until(kSpeaking, "the answer's sound");
  browser_.wait_until("return document.querySelector('.turn .reply')?.textContent.length > 20", "its text");
  // Where the time went, to the first sample that was played.
  for (const char* step : {"hearing", "recogniser", "brain", "own"}) {
    browser_.wait_until(
        std::string("return document.querySelector('.stages [data-step=") + step + "] .number') !== null",
        std::string("the step ") + step);
  }
  browser_.click(button("Hang up"));
  browser_.wait_for_text("Not connected");
  expect_no_complaints();
}

class InterruptedTalkTest : public TalkPageTest {
 protected:
  InterruptedTalkTest()
      : TalkPageTest({"set the volume to thirty percent"},
                     microphone(recording("set the volume to thirty percent", 200, 1500), false)) {}
};

TEST_F(InterruptedTalkTest, SpeechOverTheReplyStopsItAndIsAnswered) {
  open_page();
  // What the page tells its gateway and its loudspeaker.
  browser_.run(
      "window.flushes = 0; window.truncated = [];"
      "const send = WebSocket.prototype.send;"
      "WebSocket.prototype.send = function (text) {"
      "  const event = JSON.parse(text);"
      "  if (event.type === 'conversation.item.truncate') window.truncated.push(event.audio_end_ms);"
      "  return send.call(this, text);"
      "};"
      "const post = MessagePort.prototype.postMessage;"
      "MessagePort.prototype.postMessage = function (data, ...rest) {"
      "  if (data?.flush) ++window.flushes;"
      "  return post.call(this, data, ...rest);"
      "};");
  browser_.click(button("Start talking"));
  browser_.click(button("Mute"));
  browser_.wait_until(kQuiet, "the quiet microphone");
  type("what can you do");
  browser_.wait_until(kSpeaking, "the answer's sound");
  browser_.run("window.flushes = 0; window.truncated = []");
  browser_.click(button("Unmute"));
  browser_.wait_until(
      "return document.querySelector('.talk-log .turn .badge')?.textContent === 'Interrupted'",
      "the interruption");
  EXPECT_EQ(browser_.run("return document.querySelector('.turn .reply').classList.contains('speaking')"),
            json::value(false))
      << "the interrupted answer plays on";
  EXPECT_GE(browser_.run("return window.flushes").to_number<int>(), 1);
  EXPECT_EQ(browser_.run("return window.truncated.some((ms) => ms > 0)"), json::value(true))
      << "the gateway is not told how much was heard";
  browser_.click(button("Mute"));
  browser_.wait_until("return document.querySelector('.talk-tool')?.textContent.includes('set_volume')",
                      "the tool that was asked for");
  EXPECT_EQ(browser_.run("return document.querySelector('.talk-stage input[type=number]').value"),
            json::value("30"));
  browser_.wait_until(kQuiet, "the end of the answer");
  expect_no_complaints();
}

class TypedTalkTest : public TalkPageTest {
 protected:
  explicit TypedTalkTest(const std::vector<std::string>& flags = {})
      : TalkPageTest(std::vector<std::string>{}, flags) {}
};

TEST_F(TypedTalkTest, WhoHasNoMicrophoneIsToldSoAndTypes) {
  open_page();
  browser_.click(button("Start talking"));
  browser_.wait_for_text("No microphone was found");
  type("set the volume to forty percent");
  browser_.wait_until("return document.querySelector('.talk-tool')?.textContent.includes('{\"volume\":40}')",
                      "the tool call");
  browser_.wait_until("return document.querySelector('.turn .reply')?.textContent.length > 0", "the answer");
  EXPECT_EQ(browser_.run("return document.querySelector('.talk-stage input[type=number]').value"),
            json::value("40"));
  expect_no_complaints();
}

// A click is told as speech that stops, and nothing is committed: nobody answers it.
TEST_F(TypedTalkTest, AClickIsWaitedForByNobody) {
  browser_.open(url());
  const json::value states = browser_.run_async(
      "const done = arguments[arguments.length - 1];"
      "import('/console/talk/conversation.js').then(({ Conversation }) => {"
      "  const act = { send() {}, play() {}, stop: () => [], call: () => '', timeOf: (ms) => ms };"
      "  const conversation = new Conversation(act, () => {}, () => {});"
      "  const hear = (what) => conversation.hear("
      "      { type: 'input_audio_buffer.' + what, item_id: 'a', audio_end_ms: 1 }, 2);"
      "  hear('speech_started'); hear('speech_stopped');"
      "  const click = conversation.state;"
      "  hear('committed');"
      "  done([click, conversation.state]);"
      "}).catch((failure) => done([String(failure)]));");
  EXPECT_EQ(states, json::value(json::array{"listening", "thinking"}));
}

// 24 kHz of a microphone of 48: what speech needs stays, what would be mirrored into it goes.
TEST_F(TypedTalkTest, TheResamplerKeepsSpeechAndDropsWhatWouldBeMirrored) {
  browser_.open(url());
  const auto level = [this](int hz) {
    const json::value loud = browser_.run_async(
        "const done = arguments[arguments.length - 1];"
        "import('/console/talk/resampler.js').then(({ Resampler }) => {"
        "  const resampler = new Resampler(48000, 24000); let sum = 0, count = 0, at = 0;"
        "  for (let block = 0; block < 200; ++block) {"
        "    const sound = Float32Array.from({ length: 128 }, () => Math.sin(2 * Math.PI * " +
        std::to_string(hz) +
        " * at++ / 48000));"
        "    for (const sample of resampler.push(sound)) { sum += sample * sample; ++count; }"
        "  }"
        "  done([Math.sqrt(sum / count), count]);"
        "});");
    EXPECT_NEAR(loud.as_array().at(1).to_number<double>(), 200 * 128 / 2, 32);
    return loud.as_array().at(0).to_number<double>();
  };
  EXPECT_NEAR(level(1000), 0.7071, 0.01);
  EXPECT_NEAR(level(8000), 0.7071, 0.02);
  EXPECT_LT(level(15'000), 0.002);
}

// What runs on the audio thread, without one: a tone in two pieces, cut off at two seconds.
TEST_F(TypedTalkTest, ThePlayerJoinsPiecesWithoutAGapAndFallsSilentAtOnce) {
  browser_.open(url());
  const json::value told = browser_.run_async(
      "const done = arguments[arguments.length - 1];"
      "let Player = null, played = 0;"
      "globalThis.sampleRate = 48000;"
      "globalThis.registerProcessor = (name, made) => { Player = made; };"
      "globalThis.AudioWorkletProcessor = class { constructor() { this.port = { postMessage(told) {"
      "  for (const [, ms] of told.played) played += ms; } }; } };"
      "import('/console/talk/player_worklet.js').then(() => {"
      "  const player = new Player();"
      "  for (let piece = 0; piece < 2; ++piece) {"
      "    const pcm = Int16Array.from({ length: 36000 },"
      "      (_, at) => 16000 * Math.sin(2 * Math.PI * 300 * (piece * 36000 + at) / 24000));"
      "    player.port.onmessage({ data: { item: 'a', pcm: pcm.buffer } });"
      "  }"
      "  let last = 0, step = 0, late = 0;"
      "  for (let block = 0; block < 1000; ++block) {"
      "    if (block === 750) player.port.onmessage({ data: { flush: true } });"
      "    const out = new Float32Array(128);"
      "    player.process([], [[out]]);"
      "    for (const sample of out) {"
      "      if (block < 750) step = Math.max(step, Math.abs(sample - last));"
      "      else late = Math.max(late, Math.abs(sample));"
      "      last = sample;"
      "    }"
      "  }"
      "  done([step, late, played]);"
      "}).catch((failure) => done([String(failure), 0, 0]));");
  const json::array& values = told.as_array();
  ASSERT_TRUE(values.at(0).is_number()) << json::serialize(told);
  // 0.49 of a tone of 300 Hz: 0.0192 from one sample to the next, and a little more where it begins.
  EXPECT_LT(values.at(0).to_number<double>(), 0.023) << "a gap, or a click, between the pieces";
  EXPECT_EQ(values.at(1).to_number<double>(), 0) << "it plays on";
  EXPECT_NEAR(values.at(2).to_number<double>(), 2000, 25) << "ms that were told as played";
}

TEST_F(TypedTalkTest, AnAgentIsTriedFromItsPage) {
  make_first_admin();
  browser_.run("location.hash = '#/new-agent'");
  browser_.clear_and_type("main input[pattern]", "bear");
  browser_.click("main button[type=submit]");
  browser_.wait_until("return document.querySelector('h1')?.textContent === 'bear'", "the agent's page");
  browser_.click("//a[normalize-space()='Try this agent']");
  browser_.wait_until("return document.querySelector('.talk select')?.value === 'bear'", "the chosen agent");
  expect_no_complaints();
}

class DeniedTalkTest : public TypedTalkTest {
 protected:
  DeniedTalkTest() : TypedTalkTest({"--use-fake-device-for-media-stream", "--deny-permission-prompts"}) {}
};

TEST_F(DeniedTalkTest, WhoDeniesTheMicrophoneIsToldHowToAllowIt) {
  open_page();
  browser_.click(button("Start talking"));
  browser_.wait_for_text("Allow it beside the address");
  browser_.wait_for_text("Not connected");
}

class PlainHttpTalkTest : public TypedTalkTest {
 protected:
  PlainHttpTalkTest() : TypedTalkTest({"--host-resolver-rules=MAP console.test 127.0.0.1"}) {}
  std::string url() const override {
    return "http://console.test:" + std::to_string(system_.http_port()) + "/";
  }
};

TEST_F(PlainHttpTalkTest, SaysThatAMicrophoneNeedsHttpsAndAnswersInWriting) {
  open_page();
  browser_.wait_for_text("browsers give no page a microphone");
  EXPECT_EQ(browser_.run("return document.querySelector('.talk-buttons button').disabled"),
            json::value(true));
  type("what can you do");
  browser_.wait_until("return document.querySelector('.turn .reply')?.textContent.length > 20", "the answer");
}

class LonelyTalkTest : public ConsoleTest {
 protected:
  LonelyTalkTest() : ConsoleTest({.workers = 0}) {}
};

TEST_F(LonelyTalkTest, WithoutAWorkerItSaysWhy) {
  make_first_admin();
  browser_.run("location.hash = '#/talk'");
  browser_.clear_and_type("input[name=words]", "what can you do");
  browser_.press("input[name=words]", "Enter");
  browser_.wait_for_text("No worker is free now");
  browser_.wait_for_text("No answer");
}

}  // namespace
}  // namespace earshot::e2e
