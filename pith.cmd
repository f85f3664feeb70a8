@echo off
node "%~dp0scripts\launch.mjs" pith %*
