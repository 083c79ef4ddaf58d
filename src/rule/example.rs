//! Examples inside rule files: `«…»` marks a value, `{{hex:64}}` stands for random characters.
