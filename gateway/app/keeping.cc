#include "gateway/app/keeping.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "common/log/log.h"
#include "gateway/live/shard/shards.h"
#include "gateway/process/key_file.h"

namespace earshot::gateway {

namespace {

// A gateway that ended so long ago at most is gone on with: its devices still talk to it. Later they are told to begin
// anew.
constexpr Milliseconds kGoesOnWithin{20'000};
// Sessions whose dialogue is not kept are known so long, to be ended (device_line.cc, kGoodbyeOwed).
constexpr Milliseconds kLeastKept{120'000};

// Before anything is sent: where that cannot be told to the gateway after this one, the session is ended.
void reserve(const KeptFolder& folder, KeptDevice& device) {
  const Secret ahead = write_taken_up(device);
  if (!folder.write(device.device.underscored(), ahead.reveal())) device.talk->remains.reset();
}

}  // namespace

KeepRecords Keeping::recorder() {
  return [this](std::vector<KeptRecord> records, std::function<void()> done) {
    std::vector<KeptWriter::File> files;
    files.reserve(records.size());
    for (KeptRecord& record : records)
      files.push_back({.name = record.device.underscored(), .content = std::move(record.bytes)});
    writer_->write(std::move(files), std::move(done));
  };
}

void Keeping::start(const GatewayConfig& config, const std::vector<std::unique_ptr<Shard>>& shards) {
  KeptFolder folder(config.run_folder() / "kept", config.store.key.empty()
                                                      ? load_or_make_key(config.store_key_file(), kStoreKey)
                                                      : config.store.key);
  Shards proxies;
  for (const auto& shard : shards) proxies.add(shard->proxy());
  // A session that goes on is written when something happens in it, so its file is as old as its silence.
  KeptFolder::Found found = folder.read_all(
      std::max({config.session.resume_within, kLeastKept, config.session.idle_timeout + kGoesOnWithin}));
  const bool goes_on = found.ended_ago && *found.ended_ago <= kGoesOnWithin;
  std::vector<std::vector<KeptDevice>> of_shard(shards.size());
  for (const Secret& content : found.contents) {
    auto device = read_kept(content.reveal());
    if (!device) {
      ++found.refused;
      continue;
    }
    if (goes_on && device->talk && device->talk->remains) reserve(folder, *device);
    const std::size_t index = proxies.index_of(device->device);
    of_shard[index].push_back(std::move(*device));
  }
  for (std::size_t i = 0; i < shards.size(); ++i) shards[i]->take_up(std::move(of_shard[i]), goes_on);
  if (!found.contents.empty() || found.refused > 0) {
    log::logger("app").info("kept by the gateway before devices={} refused={} sessions={}",
                            found.contents.size(), found.refused, goes_on ? "go on" : "have ended");
  }
  writer_.emplace(std::move(folder));
}

void Keeping::leave_sessions(const std::vector<std::unique_ptr<Shard>>& shards) {
  for (const auto& shard : shards) shard->leave_sessions();
}

void Keeping::stop() {
  if (writer_) writer_->stop();
}

}  // namespace earshot::gateway
