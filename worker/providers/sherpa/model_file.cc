#include "worker/providers/sherpa/model_file.h"

#include <algorithm>
#include <fstream>

#include "worker/providers/sherpa/onnx_names.h"
#include "worker/providers/sherpa/ort_names.h"

namespace earshot::worker::sherpa {

Result<ModelNames> read_model_names(std::istream& file) {
  file.seekg(0, std::ios::end);
  const auto size = static_cast<std::uint64_t>(std::max<std::streamoff>(file.tellg(), 0));
  return is_ort_model(file) ? ort_names(file, size) : onnx_names(file, size);
}

Result<ModelNames> read_model_names(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::kNotFound, "cannot be read"};
  return read_model_names(file);
}

}  // namespace earshot::worker::sherpa
