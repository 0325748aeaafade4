// Looks into a model's file before sherpa-onnx does. The library takes what it is given without doubt: a model of
// another kind crashes it, or ends the process where a value of its metadata is missing. What a model calls its
// inputs and its metadata tells which kind it is.
//
// Pure but for the file; reads tables only, never weights. Any bytes may come.
#pragma once

#include <cstddef>
#include <istream>
#include <set>
#include <string>

#include "common/base/result.h"

namespace earshot::worker::sherpa {

// Of the graph's inputs and of the metadata's keys.
using ModelNames = std::set<std::string, std::less<>>;
// More bytes than any known name, more names than any known model: a hostile file must not fill the memory.
// What goes beyond is left out.
inline constexpr std::size_t kMaxNameBytes = 256;
inline constexpr std::size_t kMaxNames = 4096;

// An ONNX model: a protobuf message (onnx.proto) whose fields fill the file exactly and hold a graph; or an ORT
// model: a flatbuffer of type "ORTM" (ort.fbs), whose cut end only onnxruntime itself notices.
// kInvalid: neither, cut off or damaged. The message says what is wrong with the file and does not name it.
Result<ModelNames> read_model_names(std::istream& file);
// The same of a file; kNotFound: it cannot be read.
Result<ModelNames> read_model_names(const std::string& path);

}  // namespace earshot::worker::sherpa
