<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Longtake</source>
        <translation>关于 Longtake</translation>
    </message>
    <message>
        <source>Watches video with memory: one network looks at each frame, and small recurrent heads carry what they saw on to the next. Everything runs on this computer.</source>
        <translation>带着记忆看视频：一个网络观察每一帧，小型循环头把看到的内容带到下一帧。一切都在这台电脑上运行。</translation>
    </message>
    <message>
        <source>Licence: Apache 2.0</source>
        <translation>许可证：Apache 2.0</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;Open video…</source>
        <translation>打开视频(&amp;O)…</translation>
    </message>
    <message>
        <source>Open &amp;folder of images…</source>
        <translation>打开图片文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Open &amp;address…</source>
        <translation>打开网络地址(&amp;A)…</translation>
    </message>
    <message>
        <source>Open the &amp;demo</source>
        <translation>打开演示(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Close video</source>
        <translation>关闭视频(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>播放(&amp;P)</translation>
    </message>
    <message>
        <source>One frame &amp;back</source>
        <translation>后退一帧(&amp;B)</translation>
    </message>
    <message>
        <source>One frame &amp;forward</source>
        <translation>前进一帧(&amp;F)</translation>
    </message>
    <message>
        <source>One second back</source>
        <translation>后退一秒</translation>
    </message>
    <message>
        <source>One second forward</source>
        <translation>前进一秒</translation>
    </message>
    <message>
        <source>To the &amp;beginning</source>
        <translation>回到开头(&amp;B)</translation>
    </message>
    <message>
        <source>Set &amp;in point here</source>
        <translation>在此设入点(&amp;I)</translation>
    </message>
    <message>
        <source>Set &amp;out point here</source>
        <translation>在此设出点(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Clear in and out</source>
        <translation>清除入点和出点(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Loop</source>
        <translation>循环(&amp;L)</translation>
    </message>
    <message>
        <source>Play backward, faster</source>
        <translation>倒放(加速)</translation>
    </message>
    <message>
        <source>Hold</source>
        <translation>停住</translation>
    </message>
    <message>
        <source>Play forward, faster</source>
        <translation>前进播放(加速)</translation>
    </message>
    <message>
        <source>Previous event</source>
        <translation>上一个事件</translation>
    </message>
    <message>
        <source>Next event</source>
        <translation>下一个事件</translation>
    </message>
    <message>
        <source>&amp;Save picture</source>
        <translation>保存画面(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Command palette…</source>
        <translation>命令面板(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>全屏(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Boxes</source>
        <translation>方框(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Actions</source>
        <translation>动作(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Memory badge</source>
        <translation>记忆标记(&amp;M)</translation>
    </message>
    <message>
        <source>Use the model&apos;s own &amp;thresholds</source>
        <translation>使用模型自带阈值(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Hide people</source>
        <translation>隐去人物(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Side panel</source>
        <translation>侧栏(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Timeline</source>
        <translation>时间线(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Memory inspector</source>
        <translation>记忆检视(&amp;M)</translation>
    </message>
    <message>
        <source>Zoom timeline in</source>
        <translation>放大时间线</translation>
    </message>
    <message>
        <source>Zoom timeline out</source>
        <translation>缩小时间线</translation>
    </message>
    <message>
        <source>Show whole timeline</source>
        <translation>显示整条时间线</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;About Longtake</source>
        <translation>关于 Longtake(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>暂停(&amp;P)</translation>
    </message>
</context>
<context>
    <name>ActionsPanel</name>
    <message>
        <source>What the model thinks is happening appears here, label by label, with its last ten seconds. It remembers: each frame counts towards the next.</source>
        <translation>模型认为正在发生的事会逐个标签显示在这里，并附上最近十秒的变化。它有记忆：每一帧都影响下一帧的判断。</translation>
    </message>
    <message>
        <source>Actions now</source>
        <translation>当前动作</translation>
    </message>
</context>
<context>
    <name>AddressDialog</name>
    <message>
        <source>Open address</source>
        <translation>打开网络地址</translation>
    </message>
    <message>
        <source>if the camera asks for it</source>
        <translation>摄像头要求时填写</translation>
    </message>
    <message>
        <source>used once, never stored</source>
        <translation>只用一次，从不保存</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户名</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭提示</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Type a command</source>
        <translation>输入命令</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>The picture was not saved.</source>
        <translation>画面未能保存。</translation>
    </message>
    <message>
        <source>Saved {0}</source>
        <translation>已保存 {0}</translation>
    </message>
</context>
<context>
    <name>ComparisonView</name>
    <message>
        <source>With and without memory</source>
        <translation>有记忆与无记忆</translation>
    </message>
    <message>
        <source>with memory</source>
        <translation>有记忆</translation>
    </message>
    <message>
        <source>without</source>
        <translation>无记忆</translation>
    </message>
</context>
<context>
    <name>Crash</name>
    <message>
        <source>Something in Longtake went wrong.</source>
        <translation>Longtake 内部出了问题。</translation>
    </message>
    <message>
        <source>You can go on; if it happens again, please report it with the log.</source>
        <translation>可以继续使用；如果再次发生，请附上日志报告。</translation>
    </message>
</context>
<context>
    <name>DrawingChoice</name>
    <message>
        <source>Boxes</source>
        <translation>方框</translation>
    </message>
    <message>
        <source>Labels on boxes</source>
        <translation>方框上的标签</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>动作</translation>
    </message>
    <message>
        <source>Memory badge</source>
        <translation>记忆标记</translation>
    </message>
    <message>
        <source>Timeline strip</source>
        <translation>时间轴条带</translation>
    </message>
    <message>
        <source>Probabilities of the last ten seconds along the lower edge.</source>
        <translation>沿下边缘显示最近十秒的概率。</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ExportForm</name>
    <message>
        <source>Video with overlays drawn in (MP4)</source>
        <translation>画有识别结果的视频(MP4)</translation>
    </message>
    <message>
        <source>Subtitles you can switch off (MKV, no re-encoding)</source>
        <translation>可关闭的字幕(MKV,不重新编码)</translation>
    </message>
    <message>
        <source>The recording itself, copied; boxes and actions as a track of subtitles.</source>
        <translation>原样复制录像;方框和动作作为字幕轨。</translation>
    </message>
    <message>
        <source>Give times as 1:23.45.</source>
        <translation>请按 1:23.45 的格式填写时间。</translation>
    </message>
    <message>
        <source>The end must come after the beginning.</source>
        <translation>结束时间必须在开始时间之后。</translation>
    </message>
    <message>
        <source>Choose at least one thing to write.</source>
        <translation>请至少选择一项要写入的内容。</translation>
    </message>
    <message>
        <source>There is no folder {0}.</source>
        <translation>文件夹 {0} 不存在。</translation>
    </message>
    <message>
        <source>Will be replaced: {0}</source>
        <translation>将被替换：{0}</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>导出到</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>绘制</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>To</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Beginning of the part</source>
        <translation>片段开始</translation>
    </message>
    <message>
        <source>End of the part</source>
        <translation>片段结束</translation>
    </message>
    <message>
        <source>File to write</source>
        <translation>要写入的文件</translation>
    </message>
</context>
<context>
    <name>ExportRow</name>
    <message>
        <source>Remove from list</source>
        <translation>从列表移除</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Done: {0} frames in {1} s, {2} frames a second</source>
        <translation>完成:{0} 帧,用时 {1} 秒,每秒 {2} 帧</translation>
    </message>
    <message>
        <source>Cancelled. What was written lies beside the target as .part, and plays.</source>
        <translation>已取消。已写出的部分以 .part 存于目标旁,可以播放。</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>正在取消…</translation>
    </message>
    <message>
        <source>Waiting for its turn</source>
        <translation>排队等待</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>正在载入模型…</translation>
    </message>
    <message>
        <source>{0} frames</source>
        <translation>{0} 帧</translation>
    </message>
    <message>
        <source>{0} frames a second</source>
        <translation>每秒 {0} 帧</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>剩余 {0}</translation>
    </message>
</context>
<context>
    <name>GateChart</name>
    <message>
        <source>Gates over time</source>
        <translation>门随时间变化</translation>
    </message>
</context>
<context>
    <name>Heads</name>
    <message>
        <source>Actions</source>
        <translation>动作</translation>
    </message>
    <message>
        <source>Fight</source>
        <translation>打斗</translation>
    </message>
</context>
<context>
    <name>HidingChoice</name>
    <message>
        <source>Nobody</source>
        <translation>不隐藏</translation>
    </message>
    <message>
        <source>Heads (estimated from person boxes)</source>
        <translation>头部(由人物方框估计)</translation>
    </message>
    <message>
        <source>People</source>
        <translation>整个人</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>A person whom the model does not find is not hidden: look at the result.</source>
        <translation>模型没有找到的人不会被隐藏:请检查结果。</translation>
    </message>
</context>
<context>
    <name>InspectorPanel</name>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Hidden state</source>
        <translation>隐藏状态</translation>
    </message>
    <message>
        <source>Cell state</source>
        <translation>细胞状态</translation>
    </message>
    <message>
        <source>What if it had no memory?</source>
        <translation>如果没有记忆会怎样?</translation>
    </message>
    <message>
        <source>Play something: the model&apos;s memory appears here, frame by frame.</source>
        <translation>播放一段视频:模型的记忆会逐帧出现在这里。</translation>
    </message>
    <message>
        <source>carried over</source>
        <translation>留存</translation>
    </message>
    <message>
        <source>output gate</source>
        <translation>输出门</translation>
    </message>
    <message>
        <source>This decision may rest on all of the last {0} s.</source>
        <translation>这一判断可能依据此前全部 {0} 秒。</translation>
    </message>
    <message>
        <source>This decision rests on the last {0} s.</source>
        <translation>这一判断依据最近 {0} 秒。</translation>
    </message>
    <message>
        <source>Hidden state h, a row per unit</source>
        <translation>隐藏状态 h(每行一个单元)</translation>
    </message>
    <message>
        <source>Cell state c</source>
        <translation>细胞状态 c</translation>
    </message>
    <message>
        <source>Carried over from frame to frame, and shown outside</source>
        <translation>逐帧留存的部分,以及对外显示的部分</translation>
    </message>
    <message>
        <source>Until less than one twentieth is left of what the cells held then, by how much of the cell state each frame carries over. An upper bound where the picture hardly changes.</source>
        <translation>直到当时细胞中的内容只剩不到二十分之一,按每帧留存的细胞状态比例推算。画面几乎不变时,这是上限。</translation>
    </message>
    <message>
        <source>Runs the same pictures a second time with memory emptied before each, as far as 15 % of the time allows.</source>
        <translation>把相同画面再运行一遍,每帧之前清空记忆;最多占用约 15% 的时间。</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>记忆</translation>
    </message>
    <message>
        <source>Without memory</source>
        <translation>没有记忆</translation>
    </message>
</context>
<context>
    <name>LabelsChoice</name>
    <message>
        <source>Boxes of every frame ({0})</source>
        <translation>每一帧的方框({0})</translation>
    </message>
    <message>
        <source>When each action was recognised ({0})</source>
        <translation>每个动作何时被识别({0})</translation>
    </message>
    <message>
        <source>Boxes and actions ({0})</source>
        <translation>方框和动作({0})</translation>
    </message>
</context>
<context>
    <name>LanesCanvas</name>
    <message>
        <source>Timeline of what was recognised</source>
        <translation>识别结果时间线</translation>
    </message>
</context>
<context>
    <name>Leaving</name>
    <message>
        <source>An export is not finished.</source>
        <translation>有导出尚未完成。</translation>
    </message>
    <message>
        <source>What was written so far is kept as .part, and plays.</source>
        <translation>已写出的部分会以 .part 保留,可以播放。</translation>
    </message>
    <message>
        <source>Stop exporting and quit</source>
        <translation>停止导出并退出</translation>
    </message>
    <message>
        <source>Go on exporting</source>
        <translation>继续导出</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;Camera</source>
        <translation>摄像头(&amp;C)</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Playback</source>
        <translation>播放(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Looking for cameras…</source>
        <translation>正在查找摄像头…</translation>
    </message>
    <message>
        <source>No camera found. Plug one in and open this menu again.</source>
        <translation>没有找到摄像头。请插上摄像头后重新打开此菜单。</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>暂无</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
</context>
<context>
    <name>ObjectsPanel</name>
    <message>
        <source>Objects in the picture are counted here. Each keeps its number and colour for as long as it can be followed.</source>
        <translation>画面中的物体在这里计数。只要能跟踪到，每个物体的编号和颜色就保持不变。</translation>
    </message>
    <message>
        <source>Nothing in the picture right now.</source>
        <translation>画面中目前没有物体。</translation>
    </message>
    <message>
        <source>Objects now</source>
        <translation>当前物体</translation>
    </message>
</context>
<context>
    <name>Opening</name>
    <message>
        <source>Open video</source>
        <translation>打开视频</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Open folder of images</source>
        <translation>打开图片文件夹</translation>
    </message>
</context>
<context>
    <name>PlaybackView</name>
    <message>
        <source>opening…</source>
        <translation>正在打开…</translation>
    </message>
</context>
<context>
    <name>Ruler</name>
    <message>
        <source>Time scale</source>
        <translation>时间刻度</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>{0} is the key of “{1}” already.</source>
        <translation>{0} 已是“{1}”的快捷键。</translation>
    </message>
    <message>
        <source>Click a key and press the one you want instead.</source>
        <translation>点按一个快捷键,再按下想用的键。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Restore defaults</source>
        <translation>恢复默认</translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>Actions now</source>
        <translation>当前动作</translation>
    </message>
    <message>
        <source>Objects now</source>
        <translation>当前物体</translation>
    </message>
</context>
<context>
    <name>SizeEstimate</name>
    <message>
        <source>Estimating the size…</source>
        <translation>正在估计大小…</translation>
    </message>
    <message>
        <source>About {0}; what is drawn adds a little.</source>
        <translation>约 {0};绘制的内容会略微增加。</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Frames per second that the source delivers</source>
        <translation>来源每秒提供的帧数</translation>
    </message>
    <message>
        <source>Frames per second that the model processes</source>
        <translation>模型每秒处理的帧数</translation>
    </message>
    <message>
        <source>Frames per second of the stream that the model sees, and the rate it was trained at. Far below, fast movements fall between frames.</source>
        <translation>模型每秒看到的画面帧数,以及训练时的帧率。远低于训练帧率时,快速动作会落在两帧之间。</translation>
    </message>
    <message>
        <source>Time the model takes for a frame</source>
        <translation>模型处理一帧所用的时间</translation>
    </message>
    <message>
        <source>Time from capture until the result is there</source>
        <translation>从采集到得出结果的时间</translation>
    </message>
    <message>
        <source>Frames dropped because the model was too slow</source>
        <translation>因模型太慢而丢弃的帧</translation>
    </message>
    <message>
        <source>What the model runs on</source>
        <translation>模型运行的后端</translation>
    </message>
    <message>
        <source>Show the exports</source>
        <translation>查看导出</translation>
    </message>
    <message>
        <source>Source {0} fps</source>
        <translation>来源 {0} 帧/秒</translation>
    </message>
    <message>
        <source>Model {0} fps</source>
        <translation>模型 {0} 帧/秒</translation>
    </message>
    <message>
        <source>{0} ms a frame</source>
        <translation>每帧 {0} 毫秒</translation>
    </message>
    <message>
        <source>Latency {0} ms</source>
        <translation>延迟 {0} 毫秒</translation>
    </message>
    <message>
        <source>Dropped {0}</source>
        <translation>丢帧 {0}</translation>
    </message>
    <message>
        <source>Sees {0} of {1} fps</source>
        <translation>所见 {0} / 训练 {1} 帧/秒</translation>
    </message>
    <message>
        <source>(+{0} waiting)</source>
        <translation>(另有 {0} 个等待)</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>正在导出</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>Reconnecting…</source>
        <translation>正在重新连接…</translation>
    </message>
    <message>
        <source>{0} damaged pictures skipped</source>
        <translation>已跳过 {0} 个损坏的画面</translation>
    </message>
    <message>
        <source>All well</source>
        <translation>一切正常</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Seek bar</source>
        <translation>进度条</translation>
    </message>
</context>
<context>
    <name>TimelinePanel</name>
    <message>
        <source>No lane matches. What is recognised appears here over time.</source>
        <translation>没有匹配的轨道。识别到的内容会随时间出现在这里。</translation>
    </message>
    <message>
        <source>Filter labels</source>
        <translation>筛选标签</translation>
    </message>
    <message>
        <source>Recognised only</source>
        <translation>仅已识别</translation>
    </message>
    <message>
        <source>Tracks</source>
        <translation>目标轨迹</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>显示全部</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>运行后端</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Least confidence of a box</source>
        <translation>方框的最低置信度</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Overlays</source>
        <translation>叠加</translation>
    </message>
</context>
<context>
    <name>TransportBar</name>
    <message>
        <source>LIVE</source>
        <translation>直播</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>As fast as it goes</source>
        <translation>尽可能快</translation>
    </message>
</context>
<context>
    <name>VideoChoice</name>
    <message>
        <source>Best, large file</source>
        <translation>最佳,文件大</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>良好</translation>
    </message>
    <message>
        <source>Small file</source>
        <translation>小文件</translation>
    </message>
    <message>
        <source>Processor (x264)</source>
        <translation>处理器(x264)</translation>
    </message>
    <message>
        <source>Looking for hardware encoders…</source>
        <translation>正在查找硬件编码器…</translation>
    </message>
    <message>
        <source>Keep the sound</source>
        <translation>保留声音</translation>
    </message>
    <message>
        <source>This recording has no sound.</source>
        <translation>此录像没有声音。</translation>
    </message>
    <message>
        <source>As the recording</source>
        <translation>与录像相同</translation>
    </message>
    <message>
        <source>No hardware encoder works on this machine.</source>
        <translation>本机没有可用的硬件编码器。</translation>
    </message>
    <message>
        <source>Hardware encoders are quicker, and their files larger.</source>
        <translation>硬件编码器更快,但文件更大。</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Size of the picture</source>
        <translation>画面大小</translation>
    </message>
    <message>
        <source>Encoder</source>
        <translation>编码器</translation>
    </message>
</context>
<context>
    <name>VideoView</name>
    <message>
        <source>Video picture with what was recognised</source>
        <translation>带识别结果的视频画面</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Drop a video here</source>
        <translation>把视频拖到这里</translation>
    </message>
    <message>
        <source>Longtake finds objects and actions in it, frame by frame, and remembers what came before. Nothing leaves this computer.</source>
        <translation>Longtake 逐帧找出其中的物体和动作，并记住之前发生的事。任何内容都不会离开这台电脑。</translation>
    </message>
    <message>
        <source>Open video</source>
        <translation>打开视频</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄像头</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近打开</translation>
    </message>
</context>
</TS>
