// earshot-sim: devices that do not exist. CLI11 is compiled here, in load/load_command.cc and in
// realtime/realtime_command.cc alone.
#include <CLI/CLI.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/simulator/load/load.h"
#include "bench/simulator/load/load_command.h"
#include "bench/simulator/realtime/realtime_command.h"
#include "bench/simulator/realtime/realtime_run.h"
#include "bench/simulator/speech_source.h"
#include "bench/simulator/talk.h"
#include "bench/simulator/ws_frames.h"
#include "common/base/bytes.h"
#include "common/base/ids.h"
#include "common/base/random.h"

namespace {

using earshot::Milliseconds;
using namespace earshot::simulator;

// What the options were parsed into, where that is not TalkOptions itself.
struct RawTalk {
  std::vector<std::string> say;
  std::vector<std::string> wav;
  std::vector<std::string> text;
  std::string barge_in;
  std::int64_t barge_in_after_ms = -1;
  std::int64_t control_delay_ms = 0;
  std::int64_t jitter_ms = 0;
  std::int64_t tool_delay_ms = 10;
  double timeout_s = 60;
  double stay_s = 0;
  double noise_db = 0;
  std::vector<std::string> tools{"status", "volume", "brightness", "theme"};
  bool no_tools = false;
  std::uint64_t seed = 0;
  std::string hmac_key;
  double activation_wait_s = 300;
  std::string firmware{kUsualFirmware};
  int ws_version = 0;
  bool speak_request = false;
};

// Without the bounds in --help, where they would push the words aside.
template <class T>
CLI::Validator between(T min, T max) {
  return CLI::Range(min, max).description("");
}

void add_talk(CLI::App& app, TalkOptions& options, RawTalk& raw) {
  CLI::App* talk = app.add_subcommand(
      "talk", "One device has one talk: OTA, MQTT and UDP or WebSocket, hello, turns, goodbye");
  talk->footer(
      "Exit codes: 0 all turns were held; 1 not so (no connection, no answer, out of time, told to\n"
      "leave, or the server ended the session before the last answer); 2 the server broke a rule of the\n"
      "device protocol (its name is on stderr); 64 usage.\n\n"
      "  earshot-sim talk --say \"set the volume to forty\" --out reply.wav\n"
      "  earshot-sim talk --mode realtime --say \"what can you do\" --barge-in-after 1500 --barge-in "
      "\"say:stop\"\n"
      "  earshot-sim talk --say \"what time is it\" --loss 5 --jitter 40 --control-delay 80 --json -\n"
      "  earshot-sim talk --stay 600 --mac 02:00:00:00:00:01      # idle, there to be called and spoken to");

  const auto repeatable = [](CLI::Option* option) {
    return option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
  };
  constexpr const char* kUser = "The user";
  repeatable(talk->add_option("--say", raw.say,
                              "Speak TEXT; repeat for further turns, in any mix with --wav, --text"))
      ->type_name("TEXT")
      ->group(kUser);
  repeatable(talk->add_option("--wav", raw.wav, "Speak what is in FILE (16-bit PCM)"))
      ->type_name("FILE")
      ->check(CLI::Validator(CLI::ExistingFile).description(""))
      ->group(kUser);
  repeatable(talk->add_option("--text", raw.text, "Type TEXT, as py-xiaozhi does (listen detect)"))
      ->type_name("TEXT")
      ->group(kUser);
  talk->add_option("--turns", options.turns, "So many turns; what is said is repeated as needed [one each]")
      ->type_name("N")
      ->check(between(1, 1000))
      ->group(kUser);
  talk->add_option("--voice", options.voice, "Voice of --say: slt rms awb kal16 espeak-us espeak-gb")
      ->check(CLI::IsMember(kVoices).description(""))
      ->capture_default_str()
      ->type_name("NAME")
      ->group(kUser);
  talk->add_option("--wake-word", options.wake_word, "Begin by saying TEXT instead of pressing the button")
      ->type_name("TEXT")
      ->group(kUser);
  talk->add_option(
          "--barge-in-after", raw.barge_in_after_ms,
          "Interrupt the first answer MS after its first sound: by voice in realtime mode, else by key")
      ->type_name("MS")
      ->check(between(0, 600'000))
      ->group(kUser);
  talk->add_option("--barge-in", raw.barge_in, "What is said then: say:TEXT or wav:FILE")
      ->type_name("WHAT")
      ->group(kUser);
  talk->add_option("--noise", raw.noise_db, "White noise in the room, DB below usual speech")
      ->type_name("DB")
      ->check(between(-20.0, 90.0))
      ->group(kUser);

  constexpr const char* kDevice = "The device";
  static const std::map<std::string, Mode> kModes{
      {"auto", Mode::kAuto}, {"manual", Mode::kManual}, {"realtime", Mode::kRealtime}};
  talk->add_option("--ota", options.boot.ota_url, "The server's OTA address")
      ->capture_default_str()
      ->type_name("URL")
      ->group(kDevice);
  talk->add_option("--mode", options.device.mode, "auto, manual (push to talk) or realtime (AEC) [auto]")
      ->transform(CLI::CheckedTransformer(kModes).description(""))
      ->type_name("MODE")
      ->group(kDevice);
  talk->add_option("--mac", options.mac, "MAC address [made from the seed]")
      ->type_name("MAC")
      ->check([](const std::string& text) {
        return earshot::DeviceId::parse(text) ? std::string() : "not a MAC address: " + text;
      })
      ->group(kDevice);
  talk->add_option("--client-id", options.client_id, "UUID [made from the MAC]")
      ->type_name("UUID")
      ->group(kDevice);
  talk->add_option("--serial", options.serial,
                   "Serial number of a chip that can prove itself; --hmac-key too")
      ->type_name("TEXT")
      ->group(kDevice);
  talk->add_option("--hmac-key", raw.hmac_key, "The chip's key, hexadecimal")
      ->type_name("HEX")
      ->group(kDevice);
  talk->add_option("--board", options.board, "Board type [earshot-sim]")->type_name("NAME")->group(kDevice);
  talk->add_option(
          "--firmware", raw.firmware,
          "What it runs: 2.4.2, 2.5.0, pr1939, 1.7.x, py-xiaozhi; any other version as 2.4.2 [2.4.2]")
      ->type_name("NAME")
      ->check(
          [](const std::string& text) { return firmware_of(text) ? std::string() : "no firmware: " + text; })
      ->group(kDevice);
  static const std::map<std::string, bool> kTransports{{"mqtt", false}, {"websocket", true}};
  talk->add_option("--transport", options.websocket, "mqtt (with UDP) or websocket [mqtt]")
      ->transform(CLI::CheckedTransformer(kTransports).description(""))
      ->type_name("NAME")
      ->group(kDevice);
  talk->add_option("--ws-version", raw.ws_version,
                   "Binary frames of --transport websocket: 1, 2 or 3 [as OTA says, else 1]")
      ->type_name("N")
      ->check(between(1, kMaxWsVersion))
      ->group(kDevice);
  talk->add_flag("--install-firmware", options.boot.install_firmware,
                 "Download a firmware that is offered, check it and boot again as that version")
      ->group(kDevice);
  talk->add_option("--activation-wait", raw.activation_wait_s,
                   "Show the code and poll for S seconds when not activated [300]")
      ->type_name("S")
      ->check(between(0.0, 86'400.0))
      ->group(kDevice);
  talk->add_option("--tools", raw.tools,
                   "MCP tools, with commas: status, volume, brightness, theme, board:N "
                   "[the first four]")
      ->delimiter(',')
      ->type_name("LIST")
      ->allow_extra_args(false)
      ->group(kDevice);
  talk->add_option(
          "--stay", raw.stay_s,
          "When all is said, which may be nothing, stay on idle for S seconds or until SIGTERM, and do "
          "what the server asks for")
      ->type_name("S")
      ->check(between(0.0, 86'400.0))
      ->group(kDevice);
  talk->add_flag("--speak-request", raw.speak_request,
                 "Announce and obey the server's requests to speak while idle")
      ->group(kDevice);
  talk->add_flag("--no-tools", raw.no_tools, "A device without MCP tools")->group(kDevice);
  talk->add_option("--tool-delay", raw.tool_delay_ms, "A tool takes MS [10]")
      ->type_name("MS")
      ->check(between(0, 60'000))
      ->group(kDevice);

  constexpr const char* kNetwork = "The network";
  FaultRates& faults = options.device.faults;
  const auto percentage = [&](const char* name, double& value, const char* what) {
    talk->add_option(name, value, what)->type_name("PERCENT")->check(between(0.0, 100.0))->group(kNetwork);
  };
  percentage("--loss", faults.loss_percent, "Lose audio datagrams, each way");
  percentage("--dup", faults.duplicate_percent, "Double audio datagrams, each way");
  percentage("--reorder", faults.reorder_percent, "Delay audio datagrams by 90 ms, each way");
  talk->add_option("--jitter", raw.jitter_ms, "Delay each audio datagram by 0 to MS")
      ->type_name("MS")
      ->check(between(0, 10'000))
      ->group(kNetwork);
  talk->add_option("--control-delay", raw.control_delay_ms, "Delay MQTT by MS, each way")
      ->type_name("MS")
      ->check(between(0, 60'000))
      ->group(kNetwork);
  talk->add_option("--seed", raw.seed, "Makes faults, noise and identity repeatable [random]")
      ->type_name("N")
      ->group(kNetwork);

  constexpr const char* kReport = "The report";
  talk->add_option("--out", options.out_path, "Write all answers, as played, as a 24 kHz WAV file")
      ->type_name("FILE")
      ->group(kReport);
  talk->add_option("--record-up", options.record_up_path,
                   "Write what the microphone sent as a 16 kHz WAV file")
      ->type_name("FILE")
      ->group(kReport);
  talk->add_option("--json", options.json_path, "Write one JSON object a line, a summary last; - is stdout")
      ->type_name("FILE")
      ->group(kReport);
  talk->add_option("--timeout", raw.timeout_s, "Give up after S seconds [60]")
      ->type_name("S")
      ->check(between(0.1, 86'400.0))
      ->group(kReport);
  talk->add_flag("--quiet", options.quiet, "No story")->group(kReport);
  talk->add_flag("--verbose", options.verbose, "Show every control message")->group(kReport);
}

// In the order of the command line.
std::vector<Utterance> utterances_of(const CLI::App& talk, const RawTalk& raw) {
  std::vector<Utterance> all;
  std::size_t said = 0;
  std::size_t played = 0;
  std::size_t typed = 0;
  for (const CLI::Option* option : talk.parse_order()) {
    if (option->get_name() == "--say") all.push_back({Utterance::Kind::kSay, raw.say[said++]});
    if (option->get_name() == "--wav") all.push_back({Utterance::Kind::kWav, raw.wav[played++]});
    if (option->get_name() == "--text") all.push_back({Utterance::Kind::kType, raw.text[typed++]});
  }
  return all;
}

Utterance barge_in_of(const std::string& text) {
  if (text.starts_with("say:")) return {Utterance::Kind::kSay, text.substr(4)};
  if (text.starts_with("wav:")) return {Utterance::Kind::kWav, text.substr(4)};
  throw CLI::ValidationError("--barge-in", "takes say:TEXT or wav:FILE");
}

void complete(const CLI::App& talk, const RawTalk& raw, TalkOptions& options) {
  options.utterances = utterances_of(talk, raw);
  if (talk.count("--stay") > 0) options.stay = Milliseconds(static_cast<std::int64_t>(raw.stay_s * 1000));
  if (options.utterances.empty()) {
    if (!options.stay) throw CLI::RequiredError("one of --say, --wav, --text, --stay");
    for (const char* needs_words : {"--turns", "--wake-word", "--barge-in-after"}) {
      if (talk.count(needs_words) > 0)
        throw CLI::ValidationError(needs_words, "needs one of --say, --wav, --text");
    }
  }
  if (!raw.text.empty() && options.device.mode == Mode::kManual)
    throw CLI::ValidationError("--text", "needs --mode auto or realtime");
  if (!raw.barge_in.empty()) options.barge_in = barge_in_of(raw.barge_in);
  if (raw.barge_in_after_ms >= 0) options.barge_in_after = Milliseconds(raw.barge_in_after_ms);
  if (options.barge_in && !options.barge_in_after) throw CLI::RequiredError("--barge-in-after");
  if (options.barge_in_after && !options.barge_in && options.device.mode == Mode::kRealtime)
    throw CLI::RequiredError("--barge-in (in realtime mode the user interrupts by voice)");
  if (raw.no_tools && talk.count("--tools") > 0) throw CLI::ExcludesError("--no-tools", "--tools");
  if (options.quiet && options.verbose) throw CLI::ExcludesError("--quiet", "--verbose");
  if (talk.count("--noise") > 0) options.device.noise_snr_db = raw.noise_db;
  if (!options.mac.empty()) options.mac = earshot::DeviceId::parse(options.mac)->text();
  if (options.serial.empty() != raw.hmac_key.empty())
    throw CLI::ValidationError("--serial", "needs --hmac-key, and the other way round");
  if (const auto key = earshot::from_hex(raw.hmac_key)) {
    options.hmac_key = earshot::Secret(std::string(earshot::as_text(*key)));
  } else {
    throw CLI::ValidationError("--hmac-key", "not hexadecimal");
  }
  options.boot.activation_wait = Milliseconds(static_cast<std::int64_t>(raw.activation_wait_s * 1000));
  options.timeout = Milliseconds(static_cast<std::int64_t>(raw.timeout_s * 1000));
  options.device.firmware = *firmware_of(raw.firmware);
  if (raw.speak_request)
    options.device.firmware.speak_request = options.device.firmware.announces_speak_request = true;
  if (raw.ws_version > 0 && !options.websocket)
    throw CLI::ValidationError("--ws-version", "needs --transport websocket");
  if (raw.ws_version > 0) options.ws_version = raw.ws_version;
  const FaultRates& faults = options.device.faults;
  const bool datagrams = faults.loss_percent + faults.duplicate_percent + faults.reorder_percent > 0;
  if (options.websocket && (datagrams || raw.jitter_ms + raw.control_delay_ms > 0))
    throw CLI::ValidationError(
        "--transport",
        "websocket keeps all in order: no --loss, --dup, --reorder, --jitter, --control-delay");
  options.device.tools = raw.no_tools ? std::vector<std::string>{} : raw.tools;
  options.device.tool_delay = Milliseconds(raw.tool_delay_ms);
  options.device.control_delay = Milliseconds(raw.control_delay_ms);
  options.device.faults.jitter = Milliseconds(raw.jitter_ms);
  options.device.seed = talk.count("--seed") > 0 ? raw.seed : earshot::random_u32();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Simulated devices for an Earshot server, or any other that speaks the xiaozhi protocol");
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);
  TalkOptions options;
  RawTalk raw;
  add_talk(app, options, raw);
  LoadOptions load;
  const auto complete_load = add_load(app, load);
  RealtimeOptions realtime;
  const auto complete_realtime = add_realtime(app, realtime);
  try {
    app.parse(argc, argv);
    if (app.got_subcommand("load")) {
      complete_load();
      return run_load(load);
    }
    if (app.got_subcommand("realtime")) {
      complete_realtime();
      return run_realtime(realtime);
    }
    complete(*app.get_subcommand("talk"), raw, options);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? kExitOk : kExitUsage;
  }
  return run_talk(options);
}
