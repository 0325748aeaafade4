// What a Coze client is told of a failure. The numbers are those of Coze's published list of error codes.
#pragma once

#include <string>

namespace earshot::gateway {

struct CozeError {
  static constexpr int kBadRequest = 4000;
  static constexpr int kNoSuchChat = 4001;
  static constexpr int kBadMessage = 4005;
  static constexpr int kTooMany = 4009;  // the service is at its limit
  static constexpr int kModel = 4013;    // the model failed
  static constexpr int kUnauthenticated = 4100;
  static constexpr int kInternal = 5000;

  int code = kBadRequest;
  std::string message = {};
};

}  // namespace earshot::gateway
