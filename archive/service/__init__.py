"""Crawls by themselves: the process that stays, files for systemd, cron and others, and clean interruption.

This chapter must not fetch or file anything: crawls run in processes of their own.
"""
