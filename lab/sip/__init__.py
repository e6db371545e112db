"""A small SIP phone in Python: enough of SIP and RTP to be a caller or an agent that tests can listen through."""
