"""The easy-plane winding battery of Tserkovnyak and Xiao, PRL 121, 127701 (2018)."""
