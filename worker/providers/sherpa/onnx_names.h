// The names in an ONNX model: model_file.h.
#pragma once

#include <cstdint>
#include <istream>

#include "worker/providers/sherpa/model_file.h"

namespace earshot::worker::sherpa {

// `size`: of the whole file, which the model fills.
Result<ModelNames> onnx_names(std::istream& file, std::uint64_t size);

}  // namespace earshot::worker::sherpa
