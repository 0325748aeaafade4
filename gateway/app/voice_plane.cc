#include "gateway/app/voice_plane.h"

#include <utility>

#include "common/auth/device_language.h"
#include "gateway/api/routes/agent_routes.h"
#include "gateway/control/say/version_floor.h"

namespace earshot::gateway {

namespace {

ConversationLogConfig log_config(const ConversationsConfig& config) {
  return {.keep_text = config.keep_text, .keep_audio = config.keep_audio};
}

}  // namespace

VoicePlane::VoicePlane(const VoicePlaneParts& parts)
    : parts_(parts),
      conversations_(parts.executor, parts.store, parts.hub, parts.clock,
                     log_config(parts.config.conversations)),
      agents_(parts.executor, parts.store, agent_doors()),
      sayer_(parts.executor, parts.devices, parts.clock, say_doors()),
      reminders_(
          parts.executor, sayer_, parts.clock,
          [this](const DeviceId& device, NotebookNews notebook) {
            parts_.shards.of(device).post_notebook(device, std::move(notebook));
          },
          [&store = parts.store](const DeviceId& device, std::string text) {
            store.write([device, text = std::move(text)](store::Store& opened) {
              if (opened.memory() != nullptr) opened.memory()->put_notebook(device, text);
            });
          },
          parts.config.timezone_offset_minutes),
      memory_(parts.executor, parts.store, parts.clock,
              static_cast<std::size_t>(parts.config.store.keep_memory_turns),
              [this](const DeviceId& device, const SessionId& session, ipc::MemoryDown known) {
                parts_.shards.of(device).post_memory(device, session, std::move(known));
              }),
      notices_(sayer_, parts.clock) {
  notices_.mount(parts.router);
}

void VoicePlane::connect() {
  agents_.reload();
}

void VoicePlane::add_to(ShardReports::Handlers& handlers) {
  handlers.on_turn_ended = [this](const TurnNews& turn) { conversations_.turn_ended(turn); };
  handlers.on_speak_ready = [this](const DeviceId& device, const SessionId& session) {
    sayer_.speak_ready(device, session);
  };
  handlers.on_say_ended = [this](const SayNews& news) { sayer_.ended(news); };
  handlers.on_notebook = [this](const DeviceId& device, const NotebookNews& notebook) {
    reminders_.changed(device, notebook);
  };
  handlers.on_memory = [this](const DeviceId& device, const SessionId& session, const ipc::MemoryUp& wanted) {
    memory_.wanted(device, session, wanted);
  };
  handlers.on_agents_taken = [this](const AgentsNews& news) { agents_.taken(news); };
}

void VoicePlane::keep(const ConversationsConfig& config) {
  conversations_.keep(log_config(config));
}

void VoicePlane::stop() {
  memory_.stop();
  reminders_.stop();
  sayer_.stop();
  agents_.stop();
}

AgentDistributor::Doors VoicePlane::agent_doors() {
  return {.send =
              [this](const AgentParts& parts) {
                parts_.shards.each([&parts](ShardProxy& shard) { shard.post_agents(parts); });
              },
          .open_secrets =
              [this](const store::Provider& provider) {
                return parts_.secrets.open(api::provider_purpose(provider.stage, provider.name),
                                           provider.secrets);
              },
          .secrets_allowed = parts_.config.workers.listen.front().kind == ipc::Endpoint::Kind::kUnix ||
                             !parts_.config.workers.remote_listen.empty()};
}

Sayer::Doors VoicePlane::say_doors() {
  return {.speak =
              [this](const DeviceId& device, std::string id, std::string text,
                     std::function<void(SayVerdict)> done) {
                parts_.shards.of(device).post_say(device, std::move(id), std::move(text), parts_.executor,
                                                  std::move(done));
              },
          .push = parts_.push,
          .close_session =
              [this](const DeviceId& device, const SessionId& session) {
                parts_.shards.of(device).post_close_session(device, session, "nothing to say");
              },
          .takes_speak_request =
              [floor = VersionFloor::parse(parts_.config.say.speak_request_from)](const DeviceEntry& device) {
                return floor && floor->reached(device.record.firmware);
              },
          .takes_notify =
              [floor = VersionFloor::parse(parts_.config.say.notify_from)](const DeviceEntry& device) {
                return floor && floor->reached(device.record.firmware);
              },
          .recite =
              [this](const DeviceEntry& device, std::string text, std::function<void(Result<Speech>)> done) {
                const DeviceId& id = device.record.id;
                const auto client = auth::parse_client_id(device.presence.client_id);
                parts_.shards.of(id).post_recite(
                    {.device = id,
                     .text = std::move(text),
                     .language = client ? auth::language_of(*client) : std::string(),
                     .agent = {}},
                    parts_.executor, std::move(done));
              },
          .base_url = parts_.config.console_url()};
}

}  // namespace earshot::gateway
