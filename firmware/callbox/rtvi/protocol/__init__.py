"""The RTVI protocol: states, messages, values, versions, policies. No clock, thread or I/O."""
