#include "gateway/api/routes/memory_routes.h"

#include <charconv>
#include <memory>
#include <utility>

#include "gateway/api/body_reader.h"
#include "gateway/api/device_access.h"
#include "gateway/api/render.h"

namespace earshot::gateway::api {

namespace {

using SharedMemory = std::shared_ptr<const MemoryParts>;

std::int64_t ms_of(store::WallTime time) {
  return time.time_since_epoch().count();
}

store::MemoryRepository& memory_of(store::Store& store) {
  store::MemoryRepository* const memory = store.memory();
  if (memory == nullptr) throw store::StoreError(ErrorCode::kNotFound, "this store remembers nothing");
  return *memory;
}

json::object memory_json(const store::DeviceMemory& memory) {
  json::array facts;
  for (const auto& one : memory.facts)
    facts.push_back(json::object{
        {"id", one.id}, {"agent", one.agent}, {"learnt", ms_of(one.learnt)}, {"text", one.text}});
  json::array summaries;
  for (const auto& one : memory.summaries)
    summaries.push_back(json::object{
        {"session", one.session}, {"agent", one.agent}, {"at", ms_of(one.at)}, {"text", one.text}});
  json::array turns;
  for (const auto& one : memory.turns)
    turns.push_back(json::object{
        {"at", ms_of(one.at)}, {"agent", one.agent}, {"user_text", one.words}, {"reply_text", one.reply}});
  return {{"facts", std::move(facts)},
          {"summaries", std::move(summaries)},
          {"turns", std::move(turns)},
          {"turns_in_all", memory.turns_in_all}};
}

// `limit` turns that are older than `before` (milliseconds since the epoch).
void show_memory(const SharedMemory& parts, const CallPtr& call) {
  const DeviceEntry* entry = visible_device(*call, parts->devices);
  if (entry == nullptr) return;
  const auto limit = query_integer(*call, "limit", 0, static_cast<std::int64_t>(store::kMaxPage), 50);
  if (!limit) return;
  constexpr std::int64_t kFarAway = 100'000'000'000'000;
  const auto before = query_integer(*call, "before", 0, kFarAway, kFarAway);
  if (!before) return;
  parts->store.read(
      parts->executor,
      [device = entry->record.id, limit = static_cast<std::size_t>(*limit),
       before = *before](store::Store& store) {
        return memory_of(store).all(device, limit, store::WallTime(Milliseconds(before)));
      },
      [call](const Result<store::DeviceMemory>& memory) {
        memory ? call->answer(memory_json(*memory)) : call->fail(memory.error());
      });
}

std::optional<std::uint64_t> fact_id(const Call& call) {
  const std::string_view text = call.request.param("fact");
  std::uint64_t id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure != std::errc() || end != text.data() + text.size() || id > INT64_MAX) return std::nullopt;
  return id;
}

// Edits or, without a text, removes.
void write_fact(const SharedMemory& parts, const CallPtr& call, std::optional<std::string> text) {
  const DeviceEntry* entry = visible_device(*call, parts->devices);
  if (entry == nullptr) return;
  const auto id = fact_id(*call);
  if (!id) return call->fail(404, "no such fact");
  const DeviceId device = entry->record.id;
  call->target = device.text();
  const store::WallTime now = std::chrono::floor<Milliseconds>(parts->clock.wall());
  parts->store.write(
      parts->executor,
      [device, id = *id, text = std::move(text), now](store::Store& store) {
        return text ? memory_of(store).put_fact(device, id, *text, now)
                    : memory_of(store).remove_fact(device, id);
      },
      [parts, call, device](const Result<bool>& done) {
        if (!done) return call->fail(done.error());
        if (!*done) return call->fail(404, "no such fact");
        parts->memory.changed(device);
        call->answer(json::object{});
      });
}

void edit_fact(const SharedMemory& parts, const CallPtr& call) {
  BodyReader body(call->body);
  auto text = body.text("text", MemoryKeeper::kMaxFactBytes);
  if (!text || text->empty()) body.problem("text", "must say what is so");
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  write_fact(parts, call, std::move(text));
}

void remove_fact(const SharedMemory& parts, const CallPtr& call) {
  write_fact(parts, call, std::nullopt);
}

// Who owns the device may have it forget. The audit log tells that it happened, and nothing of what was known.
void forget_device(const SharedMemory& parts, const CallPtr& call) {
  const DeviceEntry* entry = visible_device(*call, parts->devices);
  if (entry == nullptr) return;
  const DeviceId device = entry->record.id;
  call->target = device.text();
  if (parts->forget_notebook) parts->forget_notebook(device);
  if (parts->forget_dialogue) parts->forget_dialogue(device);
  parts->memory.forget(
      device, [call](const Status& done) { done ? call->answer(json::object{}) : call->fail(done.error()); });
}

}  // namespace

void add_memory_routes(ApiRouter& routes, MemoryParts parts) {
  const auto shared = std::make_shared<const MemoryParts>(std::move(parts));
  const auto with = [shared](void (*handler)(const SharedMemory&, const CallPtr&)) {
    return [shared, handler](const CallPtr& call) { handler(shared, call); };
  };
  routes.read("/api/v1/devices/{id}/memory", Scope::kConversationsRead, with(show_memory));
  routes.write("DELETE", "/api/v1/devices/{id}/memory", Scope::kDevicesWrite, "memory.forget",
               with(forget_device), {.body = BodyKind::kNone});
  routes.write("PUT", "/api/v1/devices/{id}/memory/facts/{fact}", Scope::kDevicesWrite, "memory.edit",
               with(edit_fact));
  routes.write("DELETE", "/api/v1/devices/{id}/memory/facts/{fact}", Scope::kDevicesWrite,
               "memory.forget_fact", with(remove_fact), {.body = BodyKind::kNone});
}

}  // namespace earshot::gateway::api
