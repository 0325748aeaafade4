#include "worker/providers/llm/service_error.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

// What a request did wrong says nothing of the service: no breaker counts it (fallback).
TEST(ServiceError, TellsTheRequestsOwnFaultFromAnOutage) {
  const std::tuple<int, std::string, ErrorCode> kRefusals[] = {
      {400, "", ErrorCode::kInvalid},
      {422, "", ErrorCode::kInvalid},
      {413, "", ErrorCode::kTooLarge},
      {451, "", ErrorCode::kInvalid},
      {400, "data_inspection_failed", ErrorCode::kInvalid},
      {403, "content_policy_violation", ErrorCode::kInvalid},
      {400, "context_length_exceeded", ErrorCode::kInvalid},
      {400, "invalid_api_key", ErrorCode::kUnavailable},
      {400, "model_not_found", ErrorCode::kUnavailable},
      {400, "Arrearage", ErrorCode::kUnavailable},
      {401, "", ErrorCode::kUnavailable},
      {403, "", ErrorCode::kUnavailable},
      {404, "", ErrorCode::kUnavailable},
      {429, "", ErrorCode::kUnavailable},
      {500, "", ErrorCode::kUnavailable},
      {302, "", ErrorCode::kUnavailable},
      {408, "", ErrorCode::kTimeout},
      {504, "", ErrorCode::kTimeout},
  };
  for (const auto& [status, code, expected] : kRefusals) {
    const std::string body = R"({"error":{"message":"x","code":")" + code + "\"}}";
    EXPECT_EQ(refusal(status, body).code, expected) << status << " " << code;
  }
  const std::pair<std::string, ErrorCode> kInStream[] = {
      {R"({"code":"data_inspection_failed"})", ErrorCode::kInvalid},
      {R"({"code":1301})", ErrorCode::kInvalid},
      {R"({"code":"invalid_param"})", ErrorCode::kInvalid},
      {R"({"type":"server_error"})", ErrorCode::kUnavailable},
      {R"({"code":4100})", ErrorCode::kUnavailable},
      {R"({"code":"rate_limit_exceeded","type":"requests"})", ErrorCode::kUnavailable},
      {R"({})", ErrorCode::kUnavailable},
  };
  for (const auto& [error, expected] : kInStream)
    EXPECT_EQ(stream_error(json::parse_object(error, 1000).value()).code, expected) << error;
}

TEST(ServiceError, AnAddressThatCannotBeCalledIsAnOutage) {
  EXPECT_EQ(transport_error({ErrorCode::kInvalid, "bad URL"}).code, ErrorCode::kUnavailable);
  EXPECT_EQ(transport_error({ErrorCode::kTimeout, "late"}).code, ErrorCode::kTimeout);
}

}  // namespace
}  // namespace earshot::worker
