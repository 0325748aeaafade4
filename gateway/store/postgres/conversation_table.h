// Conversations, their turns and what was said in them, in PostgreSQL.
#pragma once

#include "gateway/store/postgres/database.h"
#include "gateway/store/postgres/latency_slots.h"

namespace earshot::store::postgres {

class ConversationTable final : public ConversationRepository {
 public:
  explicit ConversationTable(Database& database) : database_(database), slots_(database) {}

  void put(const Conversation& conversation) override;
  void add(const Turn& turn) override;
  std::optional<Conversation> find(std::string_view session) override;
  Page<Conversation> list(const std::optional<DeviceId>& device, const PageRequest& page) override;
  std::vector<Turn> turns(std::string_view session) override;
  std::optional<Turn> audio(std::string_view session, std::uint32_t number) override;
  std::vector<LatencyBucket> latency(const std::optional<DeviceId>& device, WallTime since, WallTime until,
                                     std::size_t buckets) override;
  std::vector<Turn> latest_turns(const std::optional<DeviceId>& device, std::size_t limit) override;
  std::size_t remove_before(WallTime time, std::size_t limit) override;
  std::size_t remove_audio_before(WallTime time, std::size_t limit) override;
  std::size_t remove_of(const DeviceId& device, std::size_t limit) override;

 private:
  Database& database_;
  LatencySlots slots_;
};

}  // namespace earshot::store::postgres
