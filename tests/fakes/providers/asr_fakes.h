// Recognition services on loopback that play the documented order of frames (provider-protocol 3 and 11),
// with latencies and faults to choose. What was heard is decided beforehand:
// `segments`, spread over the utterance.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/fake_ws_server.h"

namespace earshot::fakes {

enum class AsrFault {
  kNone,
  kRefuses401,      // the upgrade
  kNeverStarts,     // takes the connection and says nothing
  kStallsAtEnd,     // everything but the end
  kResets,          // after the first audio
  kGarbage,         // instead of the first result
  kTaskFails,       // with the service's own error message, after the first audio
  kClosesAtEnd,     // in order, in place of the end
  kRepeatsSegment,  // each decided segment comes twice
  kStaleFrames,     // frames of another task in between, where the service has task ids
};

struct AsrPlay {
  std::vector<std::string> segments{"what time", "is it"};
  Delay final_delay{0};  // from the end of the audio to the last result
  AsrFault fault = AsrFault::kNone;
  std::string dialect = "cpp-2pass";  // FunASR only: cpp-2pass, cpp-offline, py-wss
  bool gzip_replies = true;           // Doubao only
};

// What the service saw, for checks. Safe from any thread.
class AsrRecord {
 public:
  void start(std::string message);
  void audio(std::size_t bytes);
  std::vector<std::string> starts() const;
  std::size_t audio_bytes() const;
  int early_audio() const;  // pieces before a start message was answered

  void early();

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> starts_;
  std::size_t audio_bytes_ = 0;
  int early_ = 0;
};

// A service is a server with one script; `play` may be changed between utterances.
class AsrFake {
 public:
  virtual ~AsrFake() = default;
  void set_play(AsrPlay play);
  AsrPlay play() const;
  // From now on each utterance that is heard to its end takes the next line in place of `segments`; the last
  // one stays. FunASR only.
  void set_lines(std::vector<std::string> lines);
  FakeWsServer& server() { return server_; }
  const FakeWsServer& server() const { return server_; }
  const AsrRecord& record() const { return record_; }

 protected:
  // Derived classes call listen() last in their constructor and stop() in their destructor.
  void listen();
  void stop() { server_holder_.reset(); }
  virtual void serve(FakeSocket& socket) = 0;
  void next_line();

  AsrRecord record_;

 private:
  mutable std::mutex mutex_;
  AsrPlay play_;
  std::vector<std::string> lines_;
  std::size_t line_ = 0;
  std::unique_ptr<FakeWsServer> server_holder_ = std::make_unique<FakeWsServer>();
  FakeWsServer& server_ = *server_holder_;
};

std::unique_ptr<AsrFake> make_funasr_fake();
std::unique_ptr<AsrFake> make_dashscope_asr_fake();
std::unique_ptr<AsrFake> make_doubao_asr_fake();
std::unique_ptr<AsrFake> make_deepgram_fake();

// OpenAI's POST /v1/audio/transcriptions on a server of the caller: answers `text` after `final_delay` when
// the request has a key, a model and a WAV file, 400 or 401 otherwise.
// Other faults: FakeHttpServer::set_fault().
void add_openai_transcription(FakeHttpServer& server, std::string text, Delay final_delay = Delay(0));

}  // namespace earshot::fakes
