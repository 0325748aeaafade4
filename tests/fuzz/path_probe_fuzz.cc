// Whatever a datagram holds, there is an answer only to a question that the ticket's key signed, and it is no
// longer than the question. The fuzzer does not know the secret: it must never get one by itself.
#include <cstdlib>

#include "common/auth/path_probe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  static const SteadyTime now{std::chrono::seconds(1000)};
  auth::PathProbeResponder responder{Secret("of this process")};
  if (responder.answer({data, size}, now)) std::abort();

  auth::PathProbeNonce nonce{};
  for (std::size_t i = 0; i < size && i < nonce.size(); ++i) nonce[i] = data[i];
  const auto ticket = responder.ticket(now);
  auto question = auth::path_probe_question(ticket, nonce);
  const auto answer = responder.answer(question, now);
  if (!answer || answer->size() > question.size()) std::abort();
  if (!auth::is_path_probe_answer(*answer, ticket, nonce)) std::abort();
  if (size == 0) return 0;
  question[data[0] % question.size()] ^= static_cast<std::uint8_t>(1 + data[size - 1] % 255);
  if (responder.answer(question, now)) std::abort();
  return 0;
}
