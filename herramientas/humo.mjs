// Prueba de humo: arranca `npm start` en una carpeta de datos nueva, hace una reserva por cada camino, las lee y lo detiene con SIGTERM.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as dormir } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const RAIZ = dirname(dirname(fileURLToPath(import.meta.url)))
const lugar = (codigo, nombre) => ({ codigo, nombre })
const RESERVA = {
  itinerarios: [
    {
      odos: [
        {
          segmentos: [
            {
              legs: [
                {
                  fecha_salida: '2022-11-22T13:10:00Z',
                  fecha_llegada: '2022-11-22T15:10:00Z',
                  origen: lugar('BOG', 'El Dorado'),
                  destino: lugar('JFK', 'John F. Kennedy'),
                },
              ],
            },
          ],
        },
      ],
    },
  ],
}

const inicio = performance.now()
const contar = (texto) => console.log(`humo ${((performance.now() - inicio) / 1000).toFixed(1).padStart(5)} s  ${texto}`)

/** Repite `leer` hasta que dé algo, o falla al cumplirse el plazo. */
const esperar = async (que, segundos, leer) => {
  for (const limite = performance.now() + segundos * 1000; performance.now() < limite; await dormir(50)) {
    const leido = await leer()
    if (leido) return leido
  }
  throw new Error(`En ${segundos} s no ocurrió: ${que}`)
}

/** [pid, padre] de cada proceso de la máquina. */
const procesos = () =>
  existsSync('/proc/self/stat')
    ? readdirSync('/proc')
        .filter((nombre) => /^\d+$/.test(nombre))
        .flatMap((pid) => {
          try {
            const [estado, padre] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
            return estado === 'Z' ? [] : [[Number(pid), Number(padre)]]
          } catch {
            return [] // terminó mientras se leía
          }
        })
    : spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
        .stdout.trim()
        .split('\n')
        .map((linea) => linea.trim().split(/\s+/).map(Number))

const descendientes = (pid, todos = procesos()) =>
  todos.filter(([, padre]) => padre === pid).flatMap(([hijo]) => [hijo, ...descendientes(hijo, todos)])

const vivos = (pids) => {
  const ahora = new Set(procesos().map(([pid]) => pid))
  return pids.filter((pid) => ahora.has(pid))
}

const puertoAbierto = (url) =>
  new Promise((listo) => {
    const { hostname, port } = new URL(url)
    const enchufe = connect(Number(port), hostname)
    enchufe.on('connect', () => listo(enchufe.destroy() !== undefined))
    enchufe.on('error', () => listo(false))
  })

const leerSiEstaEntero = (archivo) => {
  try {
    return JSON.parse(readFileSync(archivo, 'utf8'))
  } catch {
    return undefined
  }
}

const pedir = async (url, estado, opciones = {}) => {
  const respuesta = await fetch(url, { ...opciones, signal: AbortSignal.timeout(30_000) })
  const texto = await respuesta.text()
  assert.equal(respuesta.status, estado, `${opciones.method ?? 'GET'} ${url}: ${texto}`)
  return { cuerpo: JSON.parse(texto), cabeceras: respuesta.headers }
}

const enviar = (url, estado) =>
  pedir(url, estado, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(RESERVA) })

const operacionTerminada = async (url) => {
  const { cuerpo } = await pedir(url, 200, { headers: { prefer: 'wait=10' } })
  assert.notEqual(cuerpo.estado, 'fallida', JSON.stringify(cuerpo))
  return cuerpo.estado === 'completada' && cuerpo
}

const comprobarLectura = async (api, id) => {
  const { cuerpo } = await pedir(`${api}/vuelos/reserva/${id}`, 200)
  assert.equal(cuerpo.id, id)
  assert.equal(cuerpo.itinerarios[0].odos[0].segmentos[0].legs[0].destino.codigo, 'JFK')
}

const reservar = async (api) => {
  const directa = await enviar(`${api}/vuelos/reserva`, 200)
  contar(`POST /vuelos/reserva → 200 ${directa.cuerpo.id}`)
  const { cuerpo, cabeceras } = await enviar(`${api}/vuelos/reserva-comando`, 202)
  contar(`POST /vuelos/reserva-comando → 202 ${cabeceras.get('location')}`)
  const operacion = await esperar('operación completada', 30, () => operacionTerminada(new URL(cabeceras.get('location'), api)))
  assert.equal(operacion.id_reserva, cuerpo.id_reserva)
  contar('la operación está completada')
  for (const id of [directa.cuerpo.id, cuerpo.id_reserva]) await comprobarLectura(api, id)
  contar('las dos reservas se leen')
}

const detener = async ({ pid, api }, npm, fin) => {
  const familia = [...new Set([pid, ...descendientes(pid), ...descendientes(npm.pid)])]
  process.kill(pid, 'SIGTERM')
  const codigo = await Promise.race([fin, dormir(20_000, 'no terminó en 20 s', { ref: false })])
  assert.equal(codigo, 0, `código de salida de npm: ${codigo}`)
  await esperar(`que terminen ${familia.join(', ')}`, 5, () => vivos(familia).length === 0)
  assert.equal(await puertoAbierto(api), false, `${api} sigue abierto`)
  contar(`SIGTERM a ${pid}: npm terminó en 0, no queda ningún proceso y el puerto está cerrado`)
}

const datos = mkdtempSync(join(tmpdir(), 'aeroalpes-humo-'))
const npm = spawn('npm', ['start'], {
  cwd: RAIZ,
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, AEROALPES_PUERTO: '0', AEROALPES_DATOS: datos },
})
const fin = new Promise((listo) => npm.on('exit', (codigo, senal) => listo(codigo ?? senal)))
try {
  const archivo = join(datos, 'direcciones.json')
  const direcciones = await esperar('direcciones.json', 60, () => {
    assert.equal(npm.exitCode, null, 'npm start terminó antes de estar listo')
    return leerSiEstaEntero(archivo)
  })
  contar(`listo en ${direcciones.api} (pid ${direcciones.pid})`)
  await reservar(direcciones.api)
  await detener(direcciones, npm, fin)
} finally {
  for (const pid of vivos([...descendientes(npm.pid), npm.pid])) process.kill(pid, 'SIGKILL')
  rmSync(datos, { recursive: true, force: true })
}
