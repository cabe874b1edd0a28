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
        <source>Open part of the &amp;screen…</source>
        <translation>打开屏幕区域(&amp;S)…</translation>
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
        <source>&amp;Rules…</source>
        <translation>规则(&amp;R)…</translation>
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
        <source>Set in and out around what is here</source>
        <translation>将入点和出点设为此处识别的一段</translation>
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
        <translation>倒放（加速）</translation>
    </message>
    <message>
        <source>Hold</source>
        <translation>停住</translation>
    </message>
    <message>
        <source>Play forward, faster</source>
        <translation>前进播放（加速）</translation>
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
        <source>&amp;Grid of streams…</source>
        <translation>多路画面(&amp;G)…</translation>
    </message>
    <message>
        <source>&amp;Add this to the grid</source>
        <translation>加入多路画面(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Find what was seen…</source>
        <translation>查找看到过的内容(&amp;F)…</translation>
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
        <source>Leave full screen</source>
        <translation>退出全屏</translation>
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
        <source>What each &amp;person does</source>
        <translation>各人的动作(&amp;P)</translation>
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
        <source>&amp;Memory settings…</source>
        <translation>记忆设置(&amp;M)…</translation>
    </message>
    <message>
        <source>&amp;Teach…</source>
        <translation>教学(&amp;T)…</translation>
    </message>
    <message>
        <source>Model &amp;bundles…</source>
        <translation>模型包(&amp;B)…</translation>
    </message>
    <message>
        <source>Save &amp;diagnostics…</source>
        <translation>保存诊断信息(&amp;D)…</translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation>偏好设置(&amp;P)…</translation>
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
    <name>ActionsForm</name>
    <message>
        <source>Play a sound</source>
        <translation>播放声音</translation>
    </message>
    <message>
        <source>Show a message</source>
        <translation>显示消息</translation>
    </message>
    <message>
        <source>Save a clip</source>
        <translation>保存片段</translation>
    </message>
    <message>
        <source>Run a program</source>
        <translation>运行程序</translation>
    </message>
    <message>
        <source>Post to a web address</source>
        <translation>发送到网址</translation>
    </message>
    <message>
        <source>Tell an MQTT broker</source>
        <translation>通知 MQTT 代理</translation>
    </message>
    <message>
        <source>Seconds before</source>
        <translation>之前的秒数</translation>
    </message>
    <message>
        <source>Seconds after</source>
        <translation>之后的秒数</translation>
    </message>
    <message>
        <source>Folder of the clips</source>
        <translation>片段文件夹</translation>
    </message>
    <message>
        <source>Program and arguments</source>
        <translation>程序和参数</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>token, if it asks for one</source>
        <translation>令牌（如需要）</translation>
    </message>
    <message>
        <source>Broker</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Topic</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>user</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>after</source>
        <translation>之后</translation>
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
    <name>ActivationPicture</name>
    <message>
        <source>What the label rests on</source>
        <translation>该标签的依据</translation>
    </message>
</context>
<context>
    <name>ActivationView</name>
    <message>
        <source>What does it look at?</source>
        <translation>它在看哪里？</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Places that speak for the label, by gradient times input at the encoder&apos;s maps. What was seen before is in the memory and not on the map.</source>
        <translation>画面中支持该标签的位置：编码器特征图上的梯度×输入。之前看到的内容在记忆里，不在图上。</translation>
    </message>
    <message>
        <source>Nothing here speaks for this label.</source>
        <translation>画面里没有支持该标签的内容。</translation>
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
        <source>never stored in a file</source>
        <translation>绝不写入文件</translation>
    </message>
    <message>
        <source>Keep in the system&apos;s keyring</source>
        <translation>存入系统钥匙串</translation>
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
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
</context>
<context>
    <name>BundlesDialog</name>
    <message>
        <source>Model bundles</source>
        <translation>模型包</translation>
    </message>
    <message>
        <source>Use this</source>
        <translation>使用此模型</translation>
    </message>
    <message>
        <source>Keep changes</source>
        <translation>保存更改</translation>
    </message>
    <message>
        <source>Restore defaults</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>Delete lesson</source>
        <translation>删除课程</translation>
    </message>
    <message>
        <source>Measure speed here</source>
        <translation>在本机测速</translation>
    </message>
    <message>
        <source>Measuring… what plays meanwhile slows it down.</source>
        <translation>正在测速……同时播放会使结果变慢。</translation>
    </message>
    <message>
        <source>This bundle has no model card.</source>
        <translation>此模型包没有模型卡。</translation>
    </message>
    <message>
        <source>Taught on {0} from {1} takes: {2}.</source>
        <translation>教于 {0}，共 {1} 个片段：{2}。</translation>
    </message>
    <message>
        <source>Version {0}, made on {1}. Licence {2}. Pictures of {3} × {4} at {5} fps.</source>
        <translation>版本 {0}，制作于 {1}。许可 {2}。输入 {3} × {4}，{5} 帧/秒。</translation>
    </message>
    <message>
        <source>Kept.</source>
        <translation>已保存。</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>输出头</translation>
    </message>
    <message>
        <source>Model card</source>
        <translation>模型卡</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
</context>
<context>
    <name>CameraMenu</name>
    <message>
        <source>&amp;Camera</source>
        <translation>摄像头(&amp;C)</translation>
    </message>
    <message>
        <source>Looking for cameras…</source>
        <translation>正在查找摄像头…</translation>
    </message>
    <message>
        <source>No camera found. Plug one in and open this menu again.</source>
        <translation>未找到摄像头。请接入后重新打开此菜单。</translation>
    </message>
    <message>
        <source>As usual</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>{0} fps</source>
        <translation>{0} 帧/秒</translation>
    </message>
</context>
<context>
    <name>CaptureCommands</name>
    <message>
        <source>“{0}” was plugged in.</source>
        <translation>已接入“{0}”。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
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
        <source>No event after this, as far as it was played and as lanes are shown.</source>
        <translation>在已播放的部分和显示的轨道中，之后没有事件。</translation>
    </message>
    <message>
        <source>No event before this, as lanes are shown.</source>
        <translation>在显示的轨道中，之前没有事件。</translation>
    </message>
    <message>
        <source>The picture was not saved.</source>
        <translation>画面未能保存。</translation>
    </message>
    <message>
        <source>Saved {0}</source>
        <translation>已保存 {0}</translation>
    </message>
    <message>
        <source>Changes to rules are followed once they are saved.</source>
        <translation>规则的更改保存后才生效。</translation>
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
    <name>ConditionForm</name>
    <message>
        <source>An action is recognised</source>
        <translation>识别到动作</translation>
    </message>
    <message>
        <source>Things are in the picture</source>
        <translation>画面中有物体</translation>
    </message>
    <message>
        <source>Something crosses a line</source>
        <translation>有物体越线</translation>
    </message>
    <message>
        <source>When</source>
        <translation>当</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>动作</translation>
    </message>
    <message>
        <source>Thing</source>
        <translation>物体</translation>
    </message>
    <message>
        <source>Least probability</source>
        <translation>最低概率</translation>
    </message>
    <message>
        <source>At least so many</source>
        <translation>至少多少个</translation>
    </message>
    <message>
        <source>For so long</source>
        <translation>持续多久</translation>
    </message>
    <message>
        <source>Zone</source>
        <translation>区域</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>线</translation>
    </message>
    <message>
        <source>either way</source>
        <translation>任一方向</translation>
    </message>
    <message>
        <source>the way of the arrow</source>
        <translation>顺着箭头</translation>
    </message>
    <message>
        <source>against the arrow</source>
        <translation>逆着箭头</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>方向</translation>
    </message>
    <message>
        <source>anywhere</source>
        <translation>任何位置</translation>
    </message>
    <message>
        <source>at least</source>
        <translation>至少</translation>
    </message>
    <message>
        <source>for</source>
        <translation>持续</translation>
    </message>
    <message>
        <source>in</source>
        <translation>位于</translation>
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
    <name>DialogParts</name>
    <message>
        <source>Add the part from in to out</source>
        <translation>添加入点到出点的片段</translation>
    </message>
    <message>
        <source>Correct what is named here</source>
        <translation>更正此处的识别</translation>
    </message>
    <message>
        <source>Record a take</source>
        <translation>录一个片段</translation>
    </message>
    <message>
        <source>Learn</source>
        <translation>学习</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Keep and use</source>
        <translation>保存并使用</translation>
    </message>
    <message>
        <source>Save as file…</source>
        <translation>存为文件…</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Name of the lesson, such as kitchen</source>
        <translation>课程名称，如 厨房</translation>
    </message>
    <message>
        <source>Name of the lesson</source>
        <translation>课程名称</translation>
    </message>
    <message>
        <source>Lessons kept</source>
        <translation>已保存的课程</translation>
    </message>
    <message>
        <source>Go on with a lesson that was kept</source>
        <translation>继续已保存的课程</translation>
    </message>
    <message>
        <source>Mark it in the window with I and O</source>
        <translation>在窗口中用 I 和 O 标记</translation>
    </message>
    <message>
        <source>Where the lesson names something wrongly: choose on the left what it really is, press this, and learn again</source>
        <translation>课程识别错误之处：在左侧选择实际的动作，按此按钮，再重新学习</translation>
    </message>
    <message>
        <source>After a count of three; meanwhile do nothing in particular</source>
        <translation>倒数三秒后开始；在此期间不要做特别的动作</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Length of a take</source>
        <translation>片段长度</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>教学前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>教学后</translation>
    </message>
    <message>
        <source>Run the stream without the lesson</source>
        <translation>不使用课程运行</translation>
    </message>
    <message>
        <source>Run the stream with the lesson</source>
        <translation>使用课程运行</translation>
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
        <translation>时间线条带</translation>
    </message>
    <message>
        <source>Probabilities of the last ten seconds along the lower edge.</source>
        <translation>沿下边缘显示最近十秒的概率。</translation>
    </message>
</context>
<context>
    <name>Engine</name>
    <message>
        <source>There is no name to open.</source>
        <translation>没有给出要打开的名称。</translation>
    </message>
    <message>
        <source>Give a file, a folder or an address.</source>
        <translation>请给出文件、文件夹或地址。</translation>
    </message>
    <message>
        <source>There is no file &quot;{0}&quot;, nor do addresses begin with &quot;{1}:&quot;.</source>
        <translation>没有文件“{0}”，也没有以“{1}:”开头的地址。</translation>
    </message>
    <message>
        <source>Known are {0} and {1}.</source>
        <translation>可用的有 {0} 和 {1}。</translation>
    </message>
    <message>
        <source>There is no file &quot;{0}&quot;.</source>
        <translation>没有文件“{0}”。</translation>
    </message>
    <message>
        <source>Check the name.</source>
        <translation>请检查名称。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; is empty (0 bytes).</source>
        <translation>“{0}”是空文件（0 字节）。</translation>
    </message>
    <message>
        <source>Copy it again from its origin.</source>
        <translation>请从来源重新复制。</translation>
    </message>
    <message>
        <source>Choose a video file.</source>
        <translation>请选择视频文件。</translation>
    </message>
    <message>
        <source>The recording seems to be cut short or damaged; copy it again from its origin.</source>
        <translation>录像似乎不完整或已损坏，请从来源重新复制。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; is damaged beyond reading: {1}.</source>
        <translation>“{0}”损坏严重，无法读取：{1}。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; has no time stamps to go by.</source>
        <translation>“{0}”没有时间戳，无法跳转。</translation>
    </message>
    <message>
        <source>Play it instead.</source>
        <translation>请改为播放。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; has no picture that can be decoded: {1}.</source>
        <translation>“{0}”中没有可解码的画面：{1}。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; cannot be read: {1}.</source>
        <translation>无法读取“{0}”：{1}。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; cannot be opened: {1}.</source>
        <translation>无法打开“{0}”：{1}。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; cannot be opened.</source>
        <translation>无法打开“{0}”。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; holds {1}.</source>
        <translation>“{0}”中{1}。</translation>
    </message>
    <message>
        <source>Choose a file with moving pictures.</source>
        <translation>请选择有活动画面的文件。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; is coded in a way that cannot be decoded here.</source>
        <translation>“{0}”的编码方式在此无法解码。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; is encrypted.</source>
        <translation>“{0}”已加密。</translation>
    </message>
    <message>
        <source>Open an unprotected copy.</source>
        <translation>请打开未加密的副本。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; sends no picture that can be decoded.</source>
        <translation>“{0}”没有发送可解码的画面。</translation>
    </message>
    <message>
        <source>Check the address, the user name and the password, and that the device is on.</source>
        <translation>请检查地址、用户名和密码，并确认设备已开启。</translation>
    </message>
    <message>
        <source>No camera was found.</source>
        <translation>没有找到摄像头。</translation>
    </message>
    <message>
        <source>Plug one in, or open a file instead.</source>
        <translation>请接入摄像头，或改为打开文件。</translation>
    </message>
    <message>
        <source>Check that it is plugged in, not in use elsewhere, and that you may use it.</source>
        <translation>请确认它已接入、没有被其他程序占用，并且您有权使用。</translation>
    </message>
    <message>
        <source>&quot;camera:{0}&quot; asks for a mode that cannot be understood.</source>
        <translation>“camera:{0}”要求的模式无法理解。</translation>
    </message>
    <message>
        <source>Write camera:/dev/video0?size=1280x720&amp;rate=30, as longtake devices lists them.</source>
        <translation>请写成 camera:/dev/video0?size=1280x720&amp;rate=30，用 longtake devices 可列出。</translation>
    </message>
    <message>
        <source>Under Wayland no program may look at the screen.</source>
        <translation>在 Wayland 下任何程序都不能读取屏幕。</translation>
    </message>
    <message>
        <source>Log in with an X11 session, or record the screen with the desktop&apos;s own recorder and open the file.</source>
        <translation>请以 X11 会话登录，或用桌面自带的录屏工具录制后打开文件。</translation>
    </message>
    <message>
        <source>There is no screen here.</source>
        <translation>这里没有屏幕。</translation>
    </message>
    <message>
        <source>Start it within a desktop session.</source>
        <translation>请在桌面会话中启动。</translation>
    </message>
    <message>
        <source>&quot;screen:{0}&quot; is no part of the screen.</source>
        <translation>“screen:{0}”不是屏幕的一部分。</translation>
    </message>
    <message>
        <source>Write screen: for all of it, or screen:640x480+100+50 for a part.</source>
        <translation>整个屏幕写 screen:，一部分写 screen:640x480+100+50。</translation>
    </message>
    <message>
        <source>&quot;screen:{0}&quot; is too small to see anything.</source>
        <translation>“screen:{0}”太小，什么也看不清。</translation>
    </message>
    <message>
        <source>Take at least {0} x {1} pixels.</source>
        <translation>请至少取 {0} x {1} 像素。</translation>
    </message>
    <message>
        <source>Check that the part lies on the screen, and that programs may look at it.</source>
        <translation>请确认该部分在屏幕内，并且允许程序读取屏幕。</translation>
    </message>
    <message>
        <source>On a Mac a part of the screen cannot be captured.</source>
        <translation>在 Mac 上不能只截取屏幕的一部分。</translation>
    </message>
    <message>
        <source>Open screen:</source>
        <translation>请打开 screen:</translation>
    </message>
    <message>
        <source>Write a filter graph such as testsrc2=size=640x480:rate=30.</source>
        <translation>请写滤镜图，例如 testsrc2=size=640x480:rate=30。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; cannot go to {1} s: it is not a file.</source>
        <translation>“{0}”不能跳到 {1} 秒：它不是文件。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; broke off: {1}.</source>
        <translation>“{0}”中断了：{1}。</translation>
    </message>
    <message>
        <source>Open it again.</source>
        <translation>请重新打开。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; was lost: {1}.</source>
        <translation>“{0}”连接中断：{1}。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; was lost: {1}. Trying again in {2} s.</source>
        <translation>“{0}”连接中断：{1}。{2} 秒后重试。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; cannot be opened: {1}. Trying again in {2} s.</source>
        <translation>无法打开“{0}”：{1}。{2} 秒后重试。</translation>
    </message>
    <message>
        <source>No image in &quot;{0}&quot; can be read.</source>
        <translation>“{0}”中没有可读的图片。</translation>
    </message>
    <message>
        <source>They may be damaged.</source>
        <translation>它们可能已损坏。</translation>
    </message>
    <message>
        <source>There are no images in the folder &quot;{0}&quot;.</source>
        <translation>文件夹“{0}”中没有图片。</translation>
    </message>
    <message>
        <source>Looked for {0}.</source>
        <translation>查找的类型：{0}。</translation>
    </message>
    <message>
        <source>The folder &quot;{0}&quot; cannot be read: {1}.</source>
        <translation>无法读取文件夹“{0}”：{1}。</translation>
    </message>
    <message>
        <source>CPU, {0}, 1 thread</source>
        <translation>CPU，{0}，1 线程</translation>
    </message>
    <message>
        <source>CPU, {0}, {1} threads</source>
        <translation>CPU，{0}，{1} 线程</translation>
    </message>
    <message>
        <source>{0} cannot be searched: it has no past.</source>
        <translation>{0} 不能跳转：它没有过去。</translation>
    </message>
    <message>
        <source>{0} is watched live and cannot go to {1} s.</source>
        <translation>{0} 是实时画面，不能跳到 {1} 秒。</translation>
    </message>
    <message>
        <source>The model was closed while a stream waited for it.</source>
        <translation>视频流等待期间模型已关闭。</translation>
    </message>
    <message>
        <source>The stream stopped.</source>
        <translation>视频流停止了。</translation>
    </message>
    <message>
        <source>Longtake itself failed: {0}.</source>
        <translation>Longtake 自身出错：{0}。</translation>
    </message>
    <message>
        <source>Please report this.</source>
        <translation>请报告此问题。</translation>
    </message>
    <message>
        <source>{0} cannot be written: {1}.</source>
        <translation>无法写入 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1}.</source>
        <translation>无法读取 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} cannot be read.</source>
        <translation>无法读取 {0}。</translation>
    </message>
    <message>
        <source>{0} cannot be read: it is damaged.</source>
        <translation>无法读取 {0}：它已损坏。</translation>
    </message>
    <message>
        <source>The disk is full: {0} could not be written to the end.</source>
        <translation>磁盘已满：{0} 没有写完。</translation>
    </message>
    <message>
        <source>Free some space; what was written so far lies beside it as .part.</source>
        <translation>请腾出空间；已写的部分以 .part 保存在旁边。</translation>
    </message>
    <message>
        <source>{0} is a folder.</source>
        <translation>{0} 是文件夹。</translation>
    </message>
    <message>
        <source>Name a file in it.</source>
        <translation>请给出其中的文件名。</translation>
    </message>
    <message>
        <source>{0} cannot be written: there is no folder {1}.</source>
        <translation>无法写入 {0}：没有文件夹 {1}。</translation>
    </message>
    <message>
        <source>Make it, or choose another place.</source>
        <translation>请先建立它，或选择其他位置。</translation>
    </message>
    <message>
        <source>{0} is the recording itself and would be overwritten.</source>
        <translation>{0} 就是录像本身，会被覆盖。</translation>
    </message>
    <message>
        <source>Choose another name for the export.</source>
        <translation>请为导出另取名称。</translation>
    </message>
    <message>
        <source>{0} was not written: there was no picture to export.</source>
        <translation>没有写入 {0}：没有可导出的画面。</translation>
    </message>
    <message>
        <source>{0} cannot be copied: its streams do not fit into Matroska.</source>
        <translation>无法复制 {0}：其中的流不能放入 Matroska。</translation>
    </message>
    <message>
        <source>Export it as MP4 instead.</source>
        <translation>请改为导出 MP4。</translation>
    </message>
    <message>
        <source>There is no model bundle {0}.</source>
        <translation>没有模型包 {0}。</translation>
    </message>
    <message>
        <source>Installed: {0}; a folder&apos;s path works too.</source>
        <translation>已安装：{0}；也可以给出文件夹路径。</translation>
    </message>
    <message>
        <source>The folder {0} is no model bundle: it has no {1}.</source>
        <translation>文件夹 {0} 不是模型包：其中没有 {1}。</translation>
    </message>
    <message>
        <source>{0} is damaged or was altered: its sha256 is not the manifest&apos;s.</source>
        <translation>{0} 已损坏或被改动：它的 sha256 与清单不符。</translation>
    </message>
    <message>
        <source>Install the bundle again, or choose another one: `longtake bundles` lists them.</source>
        <translation>请重新安装模型包，或另选一个：用 `longtake bundles` 可列出。</translation>
    </message>
    <message>
        <source>Do not use it.</source>
        <translation>请不要使用它。</translation>
    </message>
    <message>
        <source>The bundle {0} was made for a newer Longtake (schema {1}, this one reads {2}).</source>
        <translation>模型包 {0} 是为更新的 Longtake 制作的（格式 {1}，此版本可读 {2}）。</translation>
    </message>
    <message>
        <source>Update Longtake.</source>
        <translation>请更新 Longtake。</translation>
    </message>
    <message>
        <source>There is no backend {0}.</source>
        <translation>没有运行后端 {0}。</translation>
    </message>
    <message>
        <source>Known: {0}, {1}.</source>
        <translation>可用：{0}、{1}。</translation>
    </message>
    <message>
        <source>The backend {0} is not available: {1}.</source>
        <translation>运行后端 {0} 不可用：{1}。</translation>
    </message>
    <message>
        <source>`longtake doctor` lists what is.</source>
        <translation>用 `longtake doctor` 可列出可用的后端。</translation>
    </message>
    <message>
        <source>PyTorch runs all heads of a model, and some are switched off.</source>
        <translation>PyTorch 会运行模型的所有输出头，而有些已关闭。</translation>
    </message>
    <message>
        <source>Switch them on among the model bundles, or choose another backend.</source>
        <translation>请在模型包中打开它们，或选择其他后端。</translation>
    </message>
    <message>
        <source>OpenVINO failed on a frame: {0}</source>
        <translation>OpenVINO 处理一帧时出错：{0}</translation>
    </message>
    <message>
        <source>ONNX Runtime failed on a frame: {0}</source>
        <translation>ONNX Runtime 处理一帧时出错：{0}</translation>
    </message>
    <message>
        <source>OpenVINO cannot load the model {0}: {1}</source>
        <translation>OpenVINO 无法加载模型 {0}：{1}</translation>
    </message>
    <message>
        <source>ONNX Runtime cannot load the model {0}: {1}</source>
        <translation>ONNX Runtime 无法加载模型 {0}：{1}</translation>
    </message>
    <message>
        <source>PyTorch cannot load the model {0}: {1}</source>
        <translation>PyTorch 无法加载模型 {0}：{1}</translation>
    </message>
    <message>
        <source>PyTorch failed on a frame: {0}</source>
        <translation>PyTorch 处理一帧时出错：{0}</translation>
    </message>
    <message>
        <source>The model {0} cannot run {1} without its other heads: {2}</source>
        <translation>模型 {0} 无法在缺少其他头的情况下运行 {1}：{2}</translation>
    </message>
    <message>
        <source>ONNX Runtime cannot use {0} on this machine.</source>
        <translation>ONNX Runtime 在这台机器上无法使用 {0}。</translation>
    </message>
    <message>
        <source>This processor has no bf16.</source>
        <translation>此处理器不支持 bf16。</translation>
    </message>
    <message>
        <source>Use f32 or int8.</source>
        <translation>请使用 f32 或 int8。</translation>
    </message>
    <message>
        <source>The model was released.</source>
        <translation>模型已释放。</translation>
    </message>
    <message>
        <source>The memory {0} has the shape {1} instead of {2}.</source>
        <translation>记忆 {0} 的形状是 {1}，而不是 {2}。</translation>
    </message>
    <message>
        <source>The graphics card failed: {0} returned {1}.</source>
        <translation>显卡出错：{0} 返回了 {1}。</translation>
    </message>
    <message>
        <source>The graphics card failed on a frame.</source>
        <translation>显卡处理一帧时出错。</translation>
    </message>
    <message>
        <source>{0} cannot load the plan on this card.</source>
        <translation>{0} 无法在这块显卡上加载计划。</translation>
    </message>
    <message>
        <source>{0} cannot read the graph: {1}</source>
        <translation>{0} 无法读取计算图：{1}</translation>
    </message>
    <message>
        <source>{0} cannot build a plan for {1}: {2}</source>
        <translation>{0} 无法为 {1} 构建计划：{2}</translation>
    </message>
    <message>
        <source>{0} builds no plans for {1} in advance.</source>
        <translation>{0} 不能预先为 {1} 构建计划。</translation>
    </message>
    <message>
        <source>Known: {0}; {1} is the card in this machine.</source>
        <translation>可用：{0}；{1} 表示这台机器上的显卡。</translation>
    </message>
    <message>
        <source>Plans cannot be kept in {0}: {1}.</source>
        <translation>计划无法保存在 {0} 中：{1}。</translation>
    </message>
    <message>
        <source>Delete the folder, or set LONGTAKE_CACHE_DIR.</source>
        <translation>请删除该文件夹，或设置 LONGTAKE_CACHE_DIR。</translation>
    </message>
    <message>
        <source>The plan {0} cannot be kept: {1}.</source>
        <translation>计划 {0} 无法保存：{1}。</translation>
    </message>
    <message>
        <source>There are no plans in bf16.</source>
        <translation>没有 bf16 的计划。</translation>
    </message>
    <message>
        <source>Choose f32, fp16 or int8.</source>
        <translation>请选择 f32、fp16 或 int8。</translation>
    </message>
    <message>
        <source>The model {0} has no part that looks at frames alone, so it has no fp16 plan.</source>
        <translation>模型 {0} 没有只看单帧的部分，因此没有 fp16 计划。</translation>
    </message>
    <message>
        <source>Choose f32.</source>
        <translation>请选择 f32。</translation>
    </message>
    <message>
        <source>&quot;{0}&quot; has no picture from {1} s on.</source>
        <translation>“{0}”从 {1} 秒起没有画面。</translation>
    </message>
    <message>
        <source>Choose another part.</source>
        <translation>请选择其他部分。</translation>
    </message>
    <message>
        <source>The lesson {0} was taught with another version of the model {1}.</source>
        <translation>课程 {0} 是用模型 {1} 的另一版本教的。</translation>
    </message>
    <message>
        <source>Open Teach and learn it again from its takes.</source>
        <translation>请打开“教学”，用它的片段重新学习。</translation>
    </message>
    <message>
        <source>The bundle {0} has a head {1} already.</source>
        <translation>模型包 {0} 已有输出头 {1}。</translation>
    </message>
    <message>
        <source>Name each lesson once, and none like a head.</source>
        <translation>每个课程只列一次，且不能与输出头同名。</translation>
    </message>
    <message>
        <source>Choose a bundle with an action head.</source>
        <translation>请选择有动作输出头的模型包。</translation>
    </message>
    <message>
        <source>A lesson cannot be named {0}.</source>
        <translation>课程不能命名为 {0}。</translation>
    </message>
    <message>
        <source>Its name needs at least one letter.</source>
        <translation>名称中至少要有一个字母或汉字。</translation>
    </message>
    <message>
        <source>Give the lesson another name.</source>
        <translation>请为课程另取名称。</translation>
    </message>
    <message>
        <source>The bundle {0} has no lesson {1}.</source>
        <translation>模型包 {0} 没有课程 {1}。</translation>
    </message>
    <message>
        <source>There are: {0}.</source>
        <translation>现有：{0}。</translation>
    </message>
    <message>
        <source>{0} does not fit its manifest.</source>
        <translation>{0} 与其清单不符。</translation>
    </message>
    <message>
        <source>Teach it again, or import a sound copy.</source>
        <translation>请重新教，或导入完好的副本。</translation>
    </message>
    <message>
        <source>The lesson {0} was made by a newer Longtake.</source>
        <translation>课程 {0} 由更新的 Longtake 制作。</translation>
    </message>
    <message>
        <source>The lesson {0} lacks the take {1}.</source>
        <translation>课程 {0} 缺少片段 {1}。</translation>
    </message>
    <message>
        <source>The lesson cannot be saved in {0}: {1}.</source>
        <translation>课程无法保存到 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} cannot be deleted: {1}.</source>
        <translation>无法删除 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} is no lesson: {1}: {2}.</source>
        <translation>{0} 不是课程：{1}：{2}。</translation>
    </message>
    <message>
        <source>This cannot be learnt: {0}.</source>
        <translation>无法学习：{0}。</translation>
    </message>
    <message>
        <source>Record what is none of the actions, or a second action.</source>
        <translation>请录制不属于任何动作的内容，或第二个动作。</translation>
    </message>
    <message>
        <source>There is no model to keep it for.</source>
        <translation>没有可为其保存的模型。</translation>
    </message>
    <message>
        <source>{0} holds no rules that Longtake can follow: {1}: {2}.</source>
        <translation>{0} 中没有 Longtake 能执行的规则：{1}：{2}。</translation>
    </message>
    <message>
        <source>docs/rules.md describes them; the Rules dialog writes them.</source>
        <translation>docs/rules.md 有说明；“规则”对话框可编写。</translation>
    </message>
    <message>
        <source>There is no secret called &quot;{0}&quot;.</source>
        <translation>没有名为“{0}”的密钥。</translation>
    </message>
    <message>
        <source>Enter it in the Rules dialog, or set {0}.</source>
        <translation>请在“规则”对话框中输入，或设置 {0}。</translation>
    </message>
    <message>
        <source>There is no clip: the stream was over.</source>
        <translation>没有片段：视频流已结束。</translation>
    </message>
    <message>
        <source>There is no clip: no frame of it was kept.</source>
        <translation>没有片段：没有保留它的画面。</translation>
    </message>
    <message>
        <source>There is no clip: nothing was kept of the stream.</source>
        <translation>没有片段：视频流没有保留任何内容。</translation>
    </message>
    <message>
        <source>{0} cannot be made: {1}.</source>
        <translation>无法建立 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} answered {1}.</source>
        <translation>{0} 的回应是 {1}。</translation>
    </message>
    <message>
        <source>{0} cannot be reached: {1}.</source>
        <translation>无法连接 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} cannot be run: {1}.</source>
        <translation>无法运行 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} was ended: it took over {1} s.</source>
        <translation>{0} 已被终止：运行超过 {1} 秒。</translation>
    </message>
    <message>
        <source>{0} does not answer.</source>
        <translation>{0} 没有回应。</translation>
    </message>
    <message>
        <source>{0} refuses: {1}.</source>
        <translation>{0} 拒绝：{1}。</translation>
    </message>
    <message>
        <source>Longtake cannot talk to MQTT brokers here.</source>
        <translation>Longtake 在此无法与 MQTT 服务器通信。</translation>
    </message>
    <message>
        <source>Install what is missing: pip install &quot;longtake[mqtt]&quot;</source>
        <translation>请安装缺少的部分：pip install &quot;longtake[mqtt]&quot;</translation>
    </message>
    <message>
        <source>{0} did not take the message in time.</source>
        <translation>{0} 没有及时接收消息。</translation>
    </message>
    <message>
        <source>{0} did not take the message: {1}.</source>
        <translation>{0} 没有接收消息：{1}。</translation>
    </message>
    <message>
        <source>Nothing here can play a sound: there is none of {0}.</source>
        <translation>这里无法播放声音：没有 {0} 中的任何一个。</translation>
    </message>
    <message>
        <source>Messages cannot be shown here: there is no notify-send.</source>
        <translation>这里无法显示消息：没有 notify-send。</translation>
    </message>
    <message>
        <source>{0} did not work.</source>
        <translation>{0} 没有成功。</translation>
    </message>
    <message>
        <source>{0} was made by a newer Longtake.</source>
        <translation>{0} 由更新的 Longtake 制作。</translation>
    </message>
    <message>
        <source>What was seen cannot be kept in {0}: {1}.</source>
        <translation>看到的内容无法保存到 {0}：{1}。</translation>
    </message>
    <message>
        <source>Move the file away to begin a new one.</source>
        <translation>请移走该文件，以便重新开始。</translation>
    </message>
    <message>
        <source>The model {0} {1}, so that no person can have a memory.</source>
        <translation>模型 {0} {1}，因此不能为每个人单独记忆。</translation>
    </message>
    <message>
        <source>Choose another one: `longtake bundles` lists them.</source>
        <translation>请另选一个：用 `longtake bundles` 可列出。</translation>
    </message>
    <message>
        <source>not installed; `pip install &quot;longtake[tensorrt-rtx]&quot;`</source>
        <translation>未安装；`pip install &quot;longtake[tensorrt-rtx]&quot;`</translation>
    </message>
    <message>
        <source>there is no NVIDIA driver on this machine</source>
        <translation>这台电脑没有 NVIDIA 驱动程序</translation>
    </message>
    <message>
        <source>there is no NVIDIA card in this machine</source>
        <translation>这台电脑没有 NVIDIA 显卡</translation>
    </message>
    <message>
        <source>ONNX Runtime {0} here has no {1}; the package {2} brings it</source>
        <translation>本机的 ONNX Runtime {0} 不带 {1}；安装软件包 {2} 即可</translation>
    </message>
    <message>
        <source>No module named {0}</source>
        <translation>没有名为 {0} 的模块</translation>
    </message>
    <message>
        <source>{0} is not used, but f32. {1}: not tested here; run `longtake check-drift {2}`</source>
        <translation>未使用 {0}，改用 f32。{1}：尚未在本机测试；请运行 `longtake check-drift {2}`</translation>
    </message>
    <message>
        <source>{0} is not used, but f32. {1}: the model has changed since it was tested; run `longtake check-drift` again</source>
        <translation>未使用 {0}，改用 f32。{1}：测试之后模型已更改；请重新运行 `longtake check-drift`</translation>
    </message>
    <message>
        <source>{0} is not used, but f32. {1}: tested on another processor or version; run `longtake check-drift` again</source>
        <translation>未使用 {0}，改用 f32。{1}：是在另一处理器或版本上测试的；请重新运行 `longtake check-drift`</translation>
    </message>
    <message>
        <source>{0} is not used, but f32. {1}</source>
        <translation>未使用 {0}，改用 f32。{1}</translation>
    </message>
    <message>
        <source>no answer came in time</source>
        <translation>没有及时回应</translation>
    </message>
    <message>
        <source>there is nothing there</source>
        <translation>那里什么也没有</translation>
    </message>
    <message>
        <source>access is denied</source>
        <translation>没有访问权限</translation>
    </message>
    <message>
        <source>the connection was refused</source>
        <translation>连接被拒绝</translation>
    </message>
    <message>
        <source>the connection was reset</source>
        <translation>连接被重置</translation>
    </message>
    <message>
        <source>it is damaged or no video</source>
        <translation>它已损坏或不是视频</translation>
    </message>
    <message>
        <source>the stream ended</source>
        <translation>视频流结束了</translation>
    </message>
    <message>
        <source>the server does not understand the address</source>
        <translation>服务器无法理解该地址</translation>
    </message>
    <message>
        <source>the user name or password is missing or wrong</source>
        <translation>缺少用户名或密码，或不正确</translation>
    </message>
    <message>
        <source>the server has nothing there</source>
        <translation>服务器上没有该内容</translation>
    </message>
    <message>
        <source>the server has a fault</source>
        <translation>服务器出错</translation>
    </message>
    <message>
        <source>this kind of address is not supported</source>
        <translation>不支持这种地址</translation>
    </message>
    <message>
        <source>this container format is not supported</source>
        <translation>不支持这种封装格式</translation>
    </message>
    <message>
        <source>the device is busy</source>
        <translation>设备正忙</translation>
    </message>
    <message>
        <source>it cannot be reached</source>
        <translation>无法连接</translation>
    </message>
    <message>
        <source>nobody knows why</source>
        <translation>原因不明</translation>
    </message>
    <message>
        <source>this computer does not support it</source>
        <translation>此电脑不支持</translation>
    </message>
    <message>
        <source>it is not readable</source>
        <translation>它不可读</translation>
    </message>
    <message>
        <source>only sound</source>
        <translation>只有声音</translation>
    </message>
    <message>
        <source>no pictures</source>
        <translation>没有画面</translation>
    </message>
    <message>
        <source>permission denied</source>
        <translation>没有权限</translation>
    </message>
    <message>
        <source>no such file or directory</source>
        <translation>没有此文件或文件夹</translation>
    </message>
    <message>
        <source>is a directory</source>
        <translation>它是文件夹</translation>
    </message>
    <message>
        <source>no space left on device</source>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <source>read-only file system</source>
        <translation>文件系统只读</translation>
    </message>
    <message>
        <source>file name too long</source>
        <translation>文件名太长</translation>
    </message>
    <message>
        <source>input/output error</source>
        <translation>读写错误</translation>
    </message>
    <message>
        <source>connection refused</source>
        <translation>连接被拒绝</translation>
    </message>
    <message>
        <source>name or service not known</source>
        <translation>找不到该主机</translation>
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
        <translation>画有识别结果的视频（MP4）</translation>
    </message>
    <message>
        <source>Subtitles you can switch off (MKV, no re-encoding)</source>
        <translation>可关闭的字幕（MKV，不重新编码）</translation>
    </message>
    <message>
        <source>The recording itself, copied; boxes and actions as a track of subtitles.</source>
        <translation>原样复制录像；方框和动作作为字幕轨。</translation>
    </message>
    <message>
        <source>There is no recording that could be copied.</source>
        <translation>没有可以复制的录像。</translation>
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
        <translation>隐去</translation>
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
        <translation>完成：{0} 帧，用时 {1} 秒，每秒 {2} 帧</translation>
    </message>
    <message>
        <source>Cancelled. What was written lies beside the target as .part, and plays.</source>
        <translation>已取消。已写出的部分以 .part 存于目标旁，可以播放。</translation>
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
    <name>Fields</name>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
</context>
<context>
    <name>Findings</name>
    <message>
        <source>Not tested: leaving a take out needs at least two of each action.</source>
        <translation>未测试：逐一留出片段需要每个动作至少两个片段。</translation>
    </message>
    <message>
        <source>Good: {0} of the takes were recognised, each left out in turn.</source>
        <translation>良好：逐一留出时，{0} 的片段被正确识别。</translation>
    </message>
    <message>
        <source>Not good enough yet: {0} of the takes were recognised, each left out in turn.</source>
        <translation>还不够好：逐一留出时，{0} 的片段被正确识别。</translation>
    </message>
    <message>
        <source>“{label}” has {count} takes: record at least {of}.</source>
        <translation>“{label}”只有 {count} 个片段：请至少录 {of} 个。</translation>
    </message>
    <message>
        <source>{count} of {of} takes of “{label}” are shorter than 0.7 s: show the whole movement.</source>
        <translation>“{label}”的 {of} 个片段中有 {count} 个短于 0.7 秒：请展示完整动作。</translation>
    </message>
    <message>
        <source>In {count} of {of} takes of “{label}” nobody was found most of the time: stand in full view.</source>
        <translation>“{label}”的 {of} 个片段中有 {count} 个大部分时间没有找到人：请站在画面内。</translation>
    </message>
    <message>
        <source>Nothing shows what is none of the actions: one of them will always be named. Record some background.</source>
        <translation>没有“均不是”的片段：它总会说出其中一个动作。请录一些背景。</translation>
    </message>
    <message>
        <source>“{label}” was taken for “{other}” in {count} of {of} takes: record more takes of both, or show them more differently.</source>
        <translation>“{label}”的 {of} 个片段中有 {count} 个被认作“{other}”：请为两者多录片段，或让动作差别更大。</translation>
    </message>
    <message>
        <source>“{label}” was not noticed in {count} of {of} takes: it is too alike to what is none of the actions. Mark it more tightly, or record more takes.</source>
        <translation>“{label}”的 {of} 个片段中有 {count} 个未被发现：它与背景太相似。请标记得更紧凑，或多录片段。</translation>
    </message>
    <message>
        <source>“{other}” was seen in {count} of {of} stretches that show none of the actions: record more background.</source>
        <translation>{of} 段背景中有 {count} 段被认作“{other}”：请多录背景。</translation>
    </message>
    <message>
        <source>All takes are from one recording: how well it does elsewhere is not known.</source>
        <translation>所有片段都来自同一段录像：换个地方效果如何尚不可知。</translation>
    </message>
</context>
<context>
    <name>GateChart</name>
    <message>
        <source>Gates over time</source>
        <translation>门随时间变化</translation>
    </message>
    <message>
        <source>{0} s ago</source>
        <translation>{0} 秒前</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
</context>
<context>
    <name>GridView</name>
    <message>
        <source>Drop videos here, or add files, cameras and addresses. All are watched at the same time, each with a memory of its own.</source>
        <translation>将视频拖到这里，或添加文件、摄像头和地址。所有画面同时观看，各有自己的记忆。</translation>
    </message>
</context>
<context>
    <name>GridWindow</name>
    <message>
        <source>Grid of streams — Longtake</source>
        <translation>多路画面 — Longtake</translation>
    </message>
    <message>
        <source>Add videos…</source>
        <translation>添加视频…</translation>
    </message>
    <message>
        <source>Add address…</source>
        <translation>添加地址…</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Every second frame</source>
        <translation>隔帧处理</translation>
    </message>
    <message>
        <source>Process every second frame only: twice as many streams keep up</source>
        <translation>每两帧只处理一帧：跟得上的路数加倍</translation>
    </message>
    <message>
        <source>Add camera</source>
        <translation>添加摄像头</translation>
    </message>
    <message>
        <source>Add videos</source>
        <translation>添加视频</translation>
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
        <source>No camera found</source>
        <translation>没有找到摄像头</translation>
    </message>
    <message>
        <source>Looking for cameras…</source>
        <translation>正在查找摄像头…</translation>
    </message>
    <message>
        <source>Streams: {0}</source>
        <translation>{0} 路</translation>
    </message>
    <message>
        <source>{0} fps in all</source>
        <translation>共 {0} 帧/秒</translation>
    </message>
</context>
<context>
    <name>Heads</name>
    <message>
        <source>Objects</source>
        <translation>物体</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>动作</translation>
    </message>
    <message>
        <source>Fight</source>
        <translation>打斗</translation>
    </message>
    <message>
        <source>Interaction</source>
        <translation>互动</translation>
    </message>
    <message>
        <source>Gestures</source>
        <translation>手势</translation>
    </message>
    <message>
        <source>Tennis</source>
        <translation>网球</translation>
    </message>
</context>
<context>
    <name>HeadsTable</name>
    <message>
        <source>Head and label</source>
        <translation>输出头与标签</translation>
    </message>
    <message>
        <source>Shown from</source>
        <translation>显示阈值</translation>
    </message>
    <message>
        <source>Heads and thresholds</source>
        <translation>输出头与阈值</translation>
    </message>
    <message>
        <source>Threshold of {0}</source>
        <translation>{0} 的阈值</translation>
    </message>
</context>
<context>
    <name>HidingChoice</name>
    <message>
        <source>Nobody</source>
        <translation>不隐去</translation>
    </message>
    <message>
        <source>Heads (estimated from person boxes)</source>
        <translation>头部（由人物方框估计）</translation>
    </message>
    <message>
        <source>People</source>
        <translation>整个人</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐去</translation>
    </message>
    <message>
        <source>A person whom the model does not find is not hidden: look at the result.</source>
        <translation>模型没有找到的人不会被隐去：请检查结果。</translation>
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
        <translation>如果没有记忆会怎样？</translation>
    </message>
    <message>
        <source>Play something: the model&apos;s memory appears here, frame by frame.</source>
        <translation>播放一段视频：模型的记忆会逐帧出现在这里。</translation>
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
        <source>Orange is positive, blue negative, the ground nothing; newest on the right</source>
        <translation>橙色为正，蓝色为负，底色为零；最新的在右侧</translation>
    </message>
    <message>
        <source>Hidden state h, a row per unit</source>
        <translation>隐藏状态 h（每行一个单元）</translation>
    </message>
    <message>
        <source>Cell state c</source>
        <translation>细胞状态 c</translation>
    </message>
    <message>
        <source>Gates, mean over the units</source>
        <translation>门，各单元的平均</translation>
    </message>
    <message>
        <source>Carried over: how much of the cells&apos; content of one frame is still there in the next; 1 forgets nothing. Output gate: how much of it the layer shows the next one.</source>
        <translation>保留：一帧的细胞内容有多少留在下一帧；1 表示什么也不忘。输出门：该层有多少内容传给下一层。</translation>
    </message>
    <message>
        <source>Until less than one twentieth is left of what the cells held then, by how much of the cell state each frame carries over. An upper bound where the picture hardly changes.</source>
        <translation>直到当时细胞中的内容只剩不到二十分之一，按每帧留存的细胞状态比例推算。画面几乎不变时，这是上限。</translation>
    </message>
    <message>
        <source>Runs the same pictures a second time with memory emptied before each, as far as 15 % of the time allows.</source>
        <translation>把相同画面再运行一遍，每帧之前清空记忆；最多占用约 15% 的时间。</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>依据</translation>
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
        <translation>每一帧的方框（{0}）</translation>
    </message>
    <message>
        <source>When each action was recognised ({0})</source>
        <translation>每个动作何时被识别（{0}）</translation>
    </message>
    <message>
        <source>Boxes and actions ({0})</source>
        <translation>方框和动作（{0}）</translation>
    </message>
</context>
<context>
    <name>LaneMenu</name>
    <message>
        <source>Set in and out around this</source>
        <translation>将入点和出点设为此段</translation>
    </message>
    <message>
        <source>Export this…</source>
        <translation>导出此段…</translation>
    </message>
    <message>
        <source>This is something else: teach it…</source>
        <translation>识别有误：教它…</translation>
    </message>
    <message>
        <source>Show only “{0}”</source>
        <translation>只显示“{0}”</translation>
    </message>
    <message>
        <source>Show all lanes</source>
        <translation>显示所有轨道</translation>
    </message>
    <message>
        <source>Nothing is recognised here.</source>
        <translation>此处没有识别到内容。</translation>
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
        <source>An export is under way. What was written is kept as .part, and plays.</source>
        <translation>有导出正在进行。已写出的部分会以 .part 保留，可以播放。</translation>
    </message>
    <message>
        <source>A lesson was begun or changed in Teach, and not kept.</source>
        <translation>“教学”中有课程已开始或已修改，但尚未保留。</translation>
    </message>
    <message>
        <source>Rules were changed, and not saved.</source>
        <translation>规则已修改，但尚未保存。</translation>
    </message>
    <message>
        <source>Something is not finished.</source>
        <translation>有事情尚未完成。</translation>
    </message>
    <message>
        <source>Give it up and quit</source>
        <translation>放弃并退出</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>留下</translation>
    </message>
</context>
<context>
    <name>LogView</name>
    <message>
        <source>What rules did</source>
        <translation>规则做了什么</translation>
    </message>
    <message>
        <source>What rules do is listed here, with the time.</source>
        <translation>规则执行的内容及时间列在这里。</translation>
    </message>
    <message>
        <source>fired</source>
        <translation>触发</translation>
    </message>
    <message>
        <source>sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>clip</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>web address</source>
        <translation>网址</translation>
    </message>
</context>
<context>
    <name>LossCurve</name>
    <message>
        <source>Course of the loss while learning</source>
        <translation>学习过程中的损失曲线</translation>
    </message>
    <message>
        <source>How the error fell while it learnt</source>
        <translation>学习时误差的下降</translation>
    </message>
</context>
<context>
    <name>MaterialView</name>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Remove action</source>
        <translation>移除动作</translation>
    </message>
    <message>
        <source>Remove take</source>
        <translation>移除片段</translation>
    </message>
    <message>
        <source>None of these</source>
        <translation>均不是</translation>
    </message>
    <message>
        <source>Takes that show “{0}”</source>
        <translation>展示“{0}”的片段</translation>
    </message>
    <message>
        <source>Takes that show none of the actions</source>
        <translation>不含任何动作的片段</translation>
    </message>
    <message>
        <source>1.  Name an action below, such as waving.
2.  Mark where it happens with I and O in the window, and add that part here; or record yourself. Three to ten times.
3.  Learn, then keep it and see what it says.</source>
        <translation>1.  在下方为动作命名，例如“招手”。
2.  在窗口中用 I 和 O 标出动作，把该片段添加到这里；也可以录制自己。重复三到十次。
3.  学习，然后保存并查看效果。</translation>
    </message>
    <message>
        <source>What you did not mark in a recording is used by itself.</source>
        <translation>录像中未标记的部分会自动用作背景。</translation>
    </message>
    <message>
        <source>Add three to ten takes; five is a good number.</source>
        <translation>请添加三到十个片段，五个为宜。</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>动作</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>Name of a new action</source>
        <translation>新动作的名称</translation>
    </message>
    <message>
        <source>in Chinese</source>
        <translation>中文名</translation>
    </message>
    <message>
        <source>Its name in Chinese</source>
        <translation>中文名</translation>
    </message>
</context>
<context>
    <name>Memory</name>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Jump</source>
        <translation>跳转</translation>
    </message>
    <message>
        <source>Frames missing in the source</source>
        <translation>来源缺帧</translation>
    </message>
    <message>
        <source>Frames dropped: the model was too slow</source>
        <translation>丢帧：模型太慢</translation>
    </message>
    <message>
        <source>Scene cut</source>
        <translation>场景切换</translation>
    </message>
    <message>
        <source>Source lost and back</source>
        <translation>来源中断后恢复</translation>
    </message>
    <message>
        <source>Another source</source>
        <translation>换了来源</translation>
    </message>
    <message>
        <source>Another picture size</source>
        <translation>画面尺寸改变</translation>
    </message>
    <message>
        <source>Another runtime</source>
        <translation>换了推理后端</translation>
    </message>
    <message>
        <source>Empty memory</source>
        <translation>清空记忆</translation>
    </message>
    <message>
        <source>Keep memory</source>
        <translation>保留记忆</translation>
    </message>
    <message>
        <source>Fade memory</source>
        <translation>淡化记忆</translation>
    </message>
    <message>
        <source>Replay what came before</source>
        <translation>重放之前的画面</translation>
    </message>
    <message>
        <source>memory emptied</source>
        <translation>记忆已清空</translation>
    </message>
    <message>
        <source>memory kept</source>
        <translation>记忆已保留</translation>
    </message>
    <message>
        <source>memory faded to {0} %</source>
        <translation>记忆淡化到 {0} %</translation>
    </message>
    <message>
        <source>memory replayed</source>
        <translation>记忆已重放</translation>
    </message>
</context>
<context>
    <name>MemoryDialog</name>
    <message>
        <source>Memory</source>
        <translation>记忆</translation>
    </message>
    <message>
        <source>Steady the labels shown</source>
        <translation>让显示的标签更稳定</translation>
    </message>
    <message>
        <source>A label stays a little longer and does not flicker at its threshold. Probabilities are shown and exported as they are.</source>
        <translation>标签会多停留片刻，不在阈值附近闪烁。概率仍按原样显示和导出。</translation>
    </message>
    <message>
        <source>What happens to the model&apos;s memory where the stream breaks:</source>
        <translation>视频流中断处如何处理模型的记忆：</translation>
    </message>
    <message>
        <source>Time after which half of the memory is left</source>
        <translation>记忆剩下一半所需的时间</translation>
    </message>
    <message>
        <source>Half-life</source>
        <translation>半衰期</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Back to the defaults</source>
        <translation>恢复默认</translation>
    </message>
</context>
<context>
    <name>Menus</name>
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
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
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
        <source>Demo</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>opening…</source>
        <translation>正在打开…</translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation>偏好设置</translation>
    </message>
    <message>
        <source>Measure speed here</source>
        <translation>在此测速</translation>
    </message>
    <message>
        <source>as the model says, for each class</source>
        <translation>按模型为每个类别的设定</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>方框</translation>
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
        <source>Hide people</source>
        <translation>隐去人物</translation>
    </message>
    <message>
        <source>Open what was open last, at the same place</source>
        <translation>打开上次的内容，回到上次的位置</translation>
    </message>
    <message>
        <source>Restore defaults</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Measuring… what plays meanwhile slows it down.</source>
        <translation>正在测速……同时播放会使结果偏慢。</translation>
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
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Exact (f32)</source>
        <translation>精确（f32）</translation>
    </message>
    <message>
        <source>As fast as was proved harmless here</source>
        <translation>在此证明无害的最快精度</translation>
    </message>
    <message>
        <source>What was not proved on this computer to say the same as f32 is not used; longtake check-drift tries it.</source>
        <translation>未在此计算机上证明与 f32 结果一致的精度不会使用；可用 longtake check-drift 检验。</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>运行后端</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Least confidence of a box</source>
        <translation>方框的最低置信度</translation>
    </message>
    <message>
        <source>At the start</source>
        <translation>启动时</translation>
    </message>
    <message>
        <source>Draw over the picture</source>
        <translation>画面叠加</translation>
    </message>
    <message>
        <source>Lessons and bundles</source>
        <translation>课程与模型包</translation>
    </message>
    <message>
        <source>Passwords in the keyring</source>
        <translation>钥匙串中的密码</translation>
    </message>
    <message>
        <source>Forget all ({0})</source>
        <translation>全部忘记（{0}）</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
</context>
<context>
    <name>RegionCanvas</name>
    <message>
        <source>Zones and lines on the picture</source>
        <translation>画面上的区域和线</translation>
    </message>
    <message>
        <source>Click the corners. The first one again, or Enter: done. Esc: give up.</source>
        <translation>点击各个角。再次点击第一个角或按 Enter 完成，Esc 放弃。</translation>
    </message>
    <message>
        <source>Click where the line begins, then where it ends. Esc: give up.</source>
        <translation>点击线的起点，再点击终点。Esc 放弃。</translation>
    </message>
</context>
<context>
    <name>RegionPicker</name>
    <message>
        <source>Choose a part of the screen</source>
        <translation>选择屏幕区域</translation>
    </message>
    <message>
        <source>Drag over a part of the screen. Enter: all of it. Esc: nothing.</source>
        <translation>拖动以选择屏幕区域。回车：整个屏幕；Esc：取消。</translation>
    </message>
</context>
<context>
    <name>RegionsPanel</name>
    <message>
        <source>Zones and lines</source>
        <translation>区域和线</translation>
    </message>
    <message>
        <source>Draw zone</source>
        <translation>画区域</translation>
    </message>
    <message>
        <source>Draw line</source>
        <translation>画线</translation>
    </message>
    <message>
        <source>Draw a zone on the picture, corner by corner</source>
        <translation>在画面上逐个角点画出一个区域</translation>
    </message>
    <message>
        <source>Draw a line on the picture, to count who crosses it</source>
        <translation>在画面上画一条线，数谁越过它</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Open a video or a camera first: it is drawn on.</source>
        <translation>请先打开视频或摄像头：要画在它的画面上。</translation>
    </message>
    <message>
        <source>Zone {0}</source>
        <translation>区域 {0}</translation>
    </message>
    <message>
        <source>Line {0}</source>
        <translation>线 {0}</translation>
    </message>
    <message>
        <source>Double click to rename.</source>
        <translation>双击可重命名。</translation>
    </message>
</context>
<context>
    <name>RuleForm</name>
    <message>
        <source>Name of the rule</source>
        <translation>规则名称</translation>
    </message>
    <message>
        <source>Not again for</source>
        <translation>冷却时间</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>When</source>
        <translation>当</translation>
    </message>
    <message>
        <source>Then</source>
        <translation>则</translation>
    </message>
    <message>
        <source>Give the rule a name.</source>
        <translation>请给规则起个名字。</translation>
    </message>
    <message>
        <source>This model recognises no actions: choose something else.</source>
        <translation>此模型不识别动作：请选择别的条件。</translation>
    </message>
    <message>
        <source>Draw a line on the picture first.</source>
        <translation>请先在画面上画一条线。</translation>
    </message>
    <message>
        <source>Name the program to run.</source>
        <translation>请写出要运行的程序。</translation>
    </message>
    <message>
        <source>The quotes in the program&apos;s arguments do not match.</source>
        <translation>程序参数中的引号不配对。</translation>
    </message>
    <message>
        <source>Give a web address such as https://example.org/hook.</source>
        <translation>请给出网址，例如 https://example.org/hook。</translation>
    </message>
    <message>
        <source>Give the broker and the topic.</source>
        <translation>请给出代理和主题。</translation>
    </message>
    <message>
        <source>A topic to publish to holds no # or +.</source>
        <translation>发布的主题不能含 # 或 +。</translation>
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
    <name>RulesDialog</name>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Also act while recordings are played</source>
        <translation>播放录像时也执行</translation>
    </message>
    <message>
        <source>Otherwise it is only noted below that a rule fired. Live sources always act.</source>
        <translation>否则只在下方记录规则已触发。实时来源总会执行。</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Try</source>
        <translation>试一试</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Do now what this rule says, but save no clip.</source>
        <translation>现在就执行此规则，但不保存片段。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Discard changes</source>
        <translation>放弃更改</translation>
    </message>
    <message>
        <source>Go back to the rules as they were saved last.</source>
        <translation>回到上次保存的规则。</translation>
    </message>
    <message>
        <source>These changes are not saved yet, and not followed.</source>
        <translation>这些更改尚未保存，还不生效。</translation>
    </message>
    <message>
        <source>The line that “{0}” watches is gone: choose another.</source>
        <translation>“{0}”监视的线已不存在：请另选一条。</translation>
    </message>
    <message>
        <source>Rule {0}</source>
        <translation>规则 {0}</translation>
    </message>
    <message>
        <source>trial</source>
        <translation>试用</translation>
    </message>
    <message>
        <source>There is a rule of that name already.</source>
        <translation>已有同名规则。</translation>
    </message>
    <message>
        <source>Zones and lines</source>
        <translation>区域和线</translation>
    </message>
    <message>
        <source>No rule yet. A rule watches for an action, for things in a zone or for a line being crossed, and then saves a clip, shows a message or tells another program.</source>
        <translation>还没有规则。规则可以监视动作、区域中的物体或越线，然后保存片段、显示消息或通知其他程序。</translation>
    </message>
</context>
<context>
    <name>SearchDialog</name>
    <message>
        <source>Find what was seen</source>
        <translation>查找看到过的内容</translation>
    </message>
    <message>
        <source>An action or an object, such as falling</source>
        <translation>动作或物体，例如 跌倒</translation>
    </message>
    <message>
        <source>What to find</source>
        <translation>要查找的内容</translation>
    </message>
    <message>
        <source>Least probability</source>
        <translation>最低概率</translation>
    </message>
    <message>
        <source>Watched when</source>
        <translation>观看时间</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>任何时间</translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>最近 24 小时</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>Moments found</source>
        <translation>找到的时刻</translation>
    </message>
    <message>
        <source>Remember what live streams show</source>
        <translation>记住实时视频中看到的内容</translation>
    </message>
    <message>
        <source>From the next stream on. Kept on this computer: names and times, no pictures.</source>
        <translation>从下一个实时视频开始。只保存在这台电脑上：名称和时间，不保存画面。</translation>
    </message>
    <message>
        <source>Found: {0}</source>
        <translation>找到：{0}</translation>
    </message>
    <message>
        <source>Nothing like it was seen. Try another word, or a lower probability.</source>
        <translation>没有看到过这样的内容。换一个词，或降低概率。</translation>
    </message>
    <message>
        <source>Nothing was watched yet. Recordings are watched by the command
longtake batch FOLDER --out RESULTS
and live streams once they are remembered (below).</source>
        <translation>还没有观看过任何内容。录像由下面的命令观看：
longtake batch 文件夹 --out 结果
实时视频在勾选“记住”（见下方）之后才会保留。</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Find a command or a key</source>
        <translation>查找命令或按键</translation>
    </message>
    <message>
        <source>{0} is the key of “{1}” already.</source>
        <translation>{0} 已是“{1}”的快捷键。</translation>
    </message>
    <message>
        <source>Click a key and press the one you want instead.</source>
        <translation>点按一个快捷键，再按下想用的键。</translation>
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
        <translation>约 {0}；绘制的内容会略微增加。</translation>
    </message>
</context>
<context>
    <name>Speeds</name>
    <message>
        <source>{0}: {1} ms a frame, at most {2} fps ({3})</source>
        <translation>{0}：每帧 {1} 毫秒，最多每秒 {2} 帧（{3}）</translation>
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
        <source>Frames per second of the stream that the model looks at, and the rate it was trained at. Far below, fast movements fall between frames.</source>
        <translation>模型每秒实际看到的视频帧数，以及训练时的帧率。远低于训练帧率时，快速动作会落在帧与帧之间。</translation>
    </message>
    <message>
        <source>How far back the memory reaches that the model decides by</source>
        <translation>模型据以判断的记忆能追溯多远</translation>
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
        <source>Memory {0} s</source>
        <translation>记忆 {0} 秒</translation>
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
        <translation>（另有 {0} 个等待）</translation>
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
    <name>Taking</name>
    <message>
        <source>Get ready: {0}</source>
        <translation>准备：{0}</translation>
    </message>
    <message>
        <source>Recording… show it now</source>
        <translation>正在录制……请开始动作</translation>
    </message>
    <message>
        <source>The camera gave no pictures.</source>
        <translation>摄像头没有给出画面。</translation>
    </message>
    <message>
        <source>Looking at the take…</source>
        <translation>正在查看片段……</translation>
    </message>
</context>
<context>
    <name>TeachDialog</name>
    <message>
        <source>Teach</source>
        <translation>教学</translation>
    </message>
    <message>
        <source>Learning…</source>
        <translation>正在学习……</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>The takes have changed meanwhile: learn once more.</source>
        <translation>片段已更改：请重新学习。</translation>
    </message>
    <message>
        <source>Kept in {0}</source>
        <translation>已保存在 {0}</translation>
    </message>
    <message>
        <source>Save lesson</source>
        <translation>保存课程</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>课程</translation>
    </message>
    <message>
        <source>Saved {0}</source>
        <translation>已保存 {0}</translation>
    </message>
    <message>
        <source>Open lesson</source>
        <translation>打开课程</translation>
    </message>
    <message>
        <source>New lesson</source>
        <translation>新课程</translation>
    </message>
    <message>
        <source>You go on where you left off. It is not kept yet.</source>
        <translation>接着上次继续，内容尚未保存。</translation>
    </message>
    <message>
        <source>There is an action “{0}” already.</source>
        <translation>已有动作“{0}”。</translation>
    </message>
</context>
<context>
    <name>Tile</name>
    <message>
        <source>Open again</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>reconnecting…</source>
        <translation>正在重新连接…</translation>
    </message>
    <message>
        <source>{0} fps</source>
        <translation>{0} 帧/秒</translation>
    </message>
    <message>
        <source>{0} dropped</source>
        <translation>丢 {0} 帧</translation>
    </message>
    <message>
        <source>people: {0}</source>
        <translation>{0} 人</translation>
    </message>
    <message>
        <source>Take it out of the grid</source>
        <translation>移出多路画面</translation>
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
    <name>Tools</name>
    <message>
        <source>Save diagnostics</source>
        <translation>保存诊断信息</translation>
    </message>
    <message>
        <source>Archives</source>
        <translation>压缩文件</translation>
    </message>
    <message>
        <source>Looking at this computer…</source>
        <translation>正在检查本机……</translation>
    </message>
    <message>
        <source>Saved {0}</source>
        <translation>已保存 {0}</translation>
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
        <translation>最佳，文件大</translation>
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
        <translation>处理器（x264）</translation>
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
        <translation>硬件编码器更快，但文件更大。</translation>
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
        <translation>Longtake 逐帧找出物体和动作，并记住之前发生的事。内容不会离开这台电脑。</translation>
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
