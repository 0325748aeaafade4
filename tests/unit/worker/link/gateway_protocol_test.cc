#include "worker/link/gateway_protocol.h"

#include <gtest/gtest.h>

#include "worker/link/reconnect_backoff.h"

namespace earshot::worker {
namespace {

template <class Fill>
ipc::Envelope make(std::uint32_t session, Fill fill) {
  ipc::Envelope envelope;
  envelope.set_session(session);
  fill(envelope);
  return envelope;
}

TEST(GatewayProtocol, JudgesEachEnvelope) {
  const auto judged = [](bool greeted, std::uint32_t session, auto fill) {
    return judge_gateway_envelope(make(session, fill), greeted);
  };
  const auto hello = [](ipc::Envelope& e) { e.mutable_gateway_hello(); };
  const auto open = [](ipc::Envelope& e) { e.mutable_session_open(); };
  const auto close = [](ipc::Envelope& e) { e.mutable_session_close(); };
  const auto audio = [](ipc::Envelope& e) { e.mutable_audio_up(); };
  const auto ping = [](ipc::Envelope& e) { e.mutable_ping(); };
  const auto pong = [](ipc::Envelope& e) { e.mutable_pong(); };
  EXPECT_EQ(judged(false, 0, hello), GatewayVerdict::kHello);
  EXPECT_EQ(judged(true, 0, hello), GatewayVerdict::kSecondHello);
  EXPECT_EQ(judged(false, 1, open), GatewayVerdict::kBeforeHello);
  EXPECT_EQ(judged(false, 0, ping), GatewayVerdict::kBeforeHello);
  EXPECT_EQ(judged(true, 0, ping), GatewayVerdict::kPing);
  EXPECT_EQ(judged(true, 0, pong), GatewayVerdict::kPong);
  EXPECT_EQ(judged(true, 7, open), GatewayVerdict::kOpen);
  EXPECT_EQ(judged(true, 0, open), GatewayVerdict::kNoSession);
  EXPECT_EQ(judged(true, 7, close), GatewayVerdict::kClose);
  EXPECT_EQ(judged(true, 7, audio), GatewayVerdict::kSession);
  EXPECT_EQ(judged(true, 0, audio), GatewayVerdict::kNoSession);
  EXPECT_EQ(judged(true, 0, [](ipc::Envelope& e) { e.mutable_drain(); }), GatewayVerdict::kDrain);
  EXPECT_EQ(judged(true, 0, [](ipc::Envelope& e) { e.mutable_agent_set(); }), GatewayVerdict::kAgents);
  EXPECT_EQ(judged(true, 7, [](ipc::Envelope& e) { e.mutable_say(); }), GatewayVerdict::kSession);
}

TEST(GatewayProtocol, WhatOnlyAWorkerSendsIsTheWrongDirection) {
  ipc::Envelope envelope;
  EXPECT_EQ(judge_gateway_envelope(envelope, true), GatewayVerdict::kWrongDirection);
  envelope.set_session(7);
  envelope.mutable_speech_start();
  EXPECT_EQ(judge_gateway_envelope(envelope, true), GatewayVerdict::kWrongDirection);
  envelope.mutable_worker_hello();
  EXPECT_EQ(judge_gateway_envelope(envelope, true), GatewayVerdict::kWrongDirection);
}

TEST(ReconnectBackoff, DoublesUpToALimitAndStartsAgainAfterSuccess) {
  ReconnectBackoff backoff(1);
  Milliseconds step = ReconnectBackoff::kFirst;
  for (int i = 0; i < 20; ++i) {
    const Milliseconds wait = backoff.next();
    EXPECT_GE(wait, step / 2);
    EXPECT_LE(wait, step);
    step = std::min(step * 2, ReconnectBackoff::kLongest);
  }
  backoff.succeeded();
  EXPECT_LE(backoff.next(), ReconnectBackoff::kFirst);
}

}  // namespace
}  // namespace earshot::worker
