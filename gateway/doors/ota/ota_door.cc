#include "gateway/doors/ota/ota_door.h"

#include <utility>

#include "common/base/unreachable.h"
#include "common/http/client_address.h"
#include "common/http/json_answer.h"
#include "common/log/log.h"
#include "gateway/doors/ota/ota_page.h"
#include "gateway/doors/ota/ota_request.h"

namespace earshot::gateway {

namespace {

using Kind = BootVerdict::Kind;

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("ota");
  return instance;
}

// For clients in browsers, whose page comes from anywhere.
http::Headers any_origin() {
  http::Headers headers;
  headers.add("Access-Control-Allow-Origin", "*");
  headers.add("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  headers.add("Access-Control-Allow-Headers",
              "Content-Type, Device-Id, Client-Id, Activation-Version, Accept-Language, Authorization");
  headers.add("Access-Control-Max-Age", "86400");
  return headers;
}

OtaEvent event_of(Kind kind) {
  switch (kind) {
    case Kind::kAdmit:
      return OtaEvent::kAnswered;
    case Kind::kNeedsOwner:
    case Kind::kNeedsProof:
      return OtaEvent::kWaiting;
    case Kind::kRefuse:
      return OtaEvent::kRefused;
  }
  unreachable("boot verdict");
}

// What the firmware understands: 200 ends its polling, 202 is "not yet" and asks again in 3 s,
// all else in 10 s.
http::Response activation_response(ActivationState state) {
  switch (state) {
    case ActivationState::kActivated:
      return http::json_answer(json::object{{"status", "activated"}});
    case ActivationState::kWaiting:
      return http::json_answer(json::object{{"status", "waiting"}}, 202);
    case ActivationState::kWrongProof:
      return http::json_error(403, "the proof of the serial number is wrong");
    case ActivationState::kNeedsProof:
      return http::json_error(400, "a proof of the serial number is needed: ask OTA for a new challenge");
    case ActivationState::kUnknown:
      return http::json_error(404, "no code of this device is open: ask OTA for a new one");
    case ActivationState::kRefused:
      return http::json_error(403, "this device is not admitted");
  }
  unreachable("activation state");
}

}  // namespace

OtaDoor::OtaDoor(OtaConfig config, Bootstrap& bootstrap, OfferFirmware offer, const Clock& clock,
                 const OtaLimits& limits)
    : config_(std::move(config)),
      bootstrap_(bootstrap),
      offer_(std::move(offer)),
      clock_(clock),
      per_peer_(limits.per_peer),
      all_(limits.all) {}

void OtaDoor::mount(http::Router& router) {
  // The firmware posts; it gets only with an empty body, which no release does. People's browsers get.
  // The slash may have been left out by hand.
  const http::RouteOptions options{.body_bytes = kMaxOtaBodyBytes};
  for (const char* path : {"/xiaozhi/ota/", "/xiaozhi/ota"}) {
    for (const char* method : {"POST", "GET"}) {
      router.add(
          method, path,
          [this](const http::Request& request, const http::Reply& reply) { configure(request, reply); },
          options);
    }
  }
  // Clients in browsers ask before they send headers of their own. No answer here is a secret of the page's
  // user: who knows a MAC address gets as much without a browser.
  for (const char* path : {"/xiaozhi/ota/", "/xiaozhi/ota", "/xiaozhi/ota/activate"}) {
    router.add("OPTIONS", path, [](const http::Request&, const http::Reply& reply) {
      reply({.status = 204, .content_type = {}, .body = {}, .headers = any_origin()});
    });
  }
  router.add(
      "POST", "/xiaozhi/ota/activate",
      [this](const http::Request& request, const http::Reply& reply) { activate(request, reply); }, options);
}

bool OtaDoor::within_limits(const http::Request& request, const http::Reply& reply) {
  const SteadyTime now = clock_.now();
  const bool peer_may = http::is_loopback(request.peer) || per_peer_.take(http::limit_key(request.peer), now);
  if (peer_may && all_.take("", now)) return true;
  counters_.add(OtaEvent::kRateLimited);
  refuse(request.peer, reply, 429, "too many requests: ask again later");
  return false;
}

void OtaDoor::configure(const http::Request& request, const http::Reply& reply) {
  if (!within_limits(request, reply)) return;
  if (is_look_at_ota(request)) {
    counters_.add(OtaEvent::kLookedAt);
    return reply({.status = 200,
                  .content_type = "text/html; charset=utf-8",
                  .body = ota_page(config_),
                  .headers = {}});
  }
  auto report = read_ota_request(request);
  if (!report) {
    counters_.add(OtaEvent::kMalformed);
    return refuse(request.peer, reply, 400, report.error().message);
  }
  auto decided = [this, report = *report, reply](Result<BootAnswer> decision) {
    if (decision) return answer(report, *decision, reply);
    counters_.add(OtaEvent::kUnavailable);
    refuse(report.peer, reply, 503, decision.error().message);
  };
  bootstrap_.boot(std::move(*report), std::move(decided));
}

void OtaDoor::answer(const BootReport& report, const BootAnswer& decided, const http::Reply& reply) {
  counters_.add(event_of(decided.kind));
  OtaDecision decision{.admitted = decided.kind == Kind::kAdmit,
                       .generation = decided.generation,
                       .websocket = decided.transport == store::DeviceTransport::kWebSocket,
                       .code = decided.code,
                       .challenge = decided.challenge,
                       .firmware = {}};
  if (decision.admitted && offer_) decision.firmware = offer_(report);
  if (const auto verdict = answers_.ask(clock_.now()); verdict.log) {
    logger().info("device asked for its configuration device={} board={} verdict={} peer={} suppressed={}",
                  report.device.text(), report.board, name(decided.reason), report.peer, verdict.suppressed);
  }
  reply({.status = 200,
         .content_type = "application/json",
         .body = compose_ota_answer(report, decision, config_, clock_.wall()),
         .headers = any_origin()});
}

void OtaDoor::activate(const http::Request& request, const http::Reply& reply) {
  if (!within_limits(request, reply)) return;
  // Its headers are those of the OTA request; its body has other contents.
  http::Request head;
  head.headers = request.headers;
  head.peer = request.peer;
  auto report = read_ota_request(head);
  if (!report) {
    counters_.add(OtaEvent::kMalformed);
    return refuse(request.peer, reply, 400, report.error().message);
  }
  const ActivateRequest proof = read_activate_body(request.body);
  if (!proof.serial.empty() && !report->serial.empty() && proof.serial != report->serial) {
    counters_.add(OtaEvent::kMalformed);
    return refuse(request.peer, reply, 400, "the body and the Serial-Number header name different chips");
  }
  auto decided = [this, reply](ActivationState state) {
    if (state == ActivationState::kWrongProof) counters_.add(OtaEvent::kWrongProof);
    reply(activation_response(state));
  };
  bootstrap_.activate(std::move(*report), {.challenge = proof.challenge, .hmac_hex = proof.hmac},
                      std::move(decided));
}

void OtaDoor::refuse(std::string_view peer, const http::Reply& reply, int status, std::string_view why) {
  if (const auto verdict = refusals_.ask(clock_.now()); verdict.log) {
    logger().warn("request refused peer={} reason=\"{}\" suppressed={}", peer, why, verdict.suppressed);
  }
  reply(http::json_error(status, why));
}

}  // namespace earshot::gateway
