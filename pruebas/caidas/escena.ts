import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as momento } from 'node:timers/promises'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { nuevaSesion } from 'ui/web/sesion.ts'
import { abrirServidorDeCorreo, cabeceraDe } from '../../tests/apoyo/correo.ts'
import { type Contexto, cargar, type Intento, repetirDesconocidos } from '../../tests/procesos/apoyo/carga.ts'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { leerLog } from '../../tests/procesos/apoyo/leyes.ts'
import { firmasDe } from '../../tests/procesos/apoyo/por_fuera.ts'
import { RAIZ, unBanco } from '../../tests/procesos/apoyo/servidor.ts'
import { correosDe, pagina } from '../../tests/procesos/apoyo/testigos.ts'
import type { Falta, Mensaje } from '../comprobador/historia.ts'
import { COMUN, type Plantilla } from './almacenes.ts'
import { carpetaNueva } from './carpetas.ts'
import { quieto } from './quietud.ts'
import { abrirTestigos, volcar } from './testigos.ts'

const COMPROBADOR = join(RAIZ, 'pruebas/comprobador/comprobador.ts')
/** El correo de quien muere tres veces a medias espera cada vez más antes de apartarse. */
const DRENA_MS = 120_000
/** Lo que se pide todavía a la última vida, que ya nadie mata. */
const AL_FINAL = 12
const ENTRE_MIRADAS_MS = 40

/** Lo que una corrida dejó: su veredicto y dónde quedó escrita. */
export type Corrida = Readonly<{
  nombre: string
  muertes: number
  cuentas: Readonly<Record<string, number>>
  faltas: readonly string[]
  /** Cuánto pasó, desde que se lanzó cada API, hasta el primer pedido aceptado. */
  vueltas: readonly number[]
  carpeta: string
}>

/** Cuenta desde que se lanza una API hasta que acepta algo. */
const cronometro = () => {
  const vueltas: number[] = []
  let desde: number | undefined
  return {
    vueltas,
    lanzada: () => {
      desde = performance.now()
    },
    aceptado: () => {
      if (desde !== undefined) vueltas.push(performance.now() - desde)
      desde = undefined
    },
  }
}

/** Un sistema copiado de la plantilla, quien le pide, y los testigos de todo lo que haga. Dos de quienes piden tienen, además, su página abierta. */
export const abrirEscena = async ({ nombre, plantilla, semilla }: Readonly<{ nombre: string; plantilla: Plantilla; semilla: number }>) => {
  const alCerrar: (() => unknown)[] = []
  const t = { after: (que: () => unknown) => void alCerrar.unshift(que) }
  const testigos = abrirTestigos(carpetaNueva('testigos'))
  t.after(testigos.cerrar)
  const banco = unBanco(t)
  const base = await plantilla.copiar(banco.carpeta)
  const correo = await abrirServidorDeCorreo({
    soloCabeceras: true,
    alAceptar: (cuantos) => testigos.correo(cabeceraDe(correo.aceptados[cuantos - 1], 'x-aeroalpes-evento') ?? 'sin evento'),
  })
  t.after(correo.cerrar)
  const reloj = cronometro()
  const sesiones = [nuevaSesion(), nuevaSesion()]
  const anotar = (intento: Intento): void => {
    testigos.intento(intento)
    if (intento.desenlace === 'ok') reloj.aceptado()
  }
  const contexto: Contexto = {
    diario: [],
    azar: mulberry32(semilla),
    firmas: firmasDe(banco.carpeta, 'ana', ...sesiones.map(({ id }) => id)).viajeros,
    ofertas: plantilla.ofertas,
    anotar,
  }
  const vivo = { api: '', ui: '' }
  const env = { ...COMUN, SMTP_URL: correo.url, ...(base !== undefined && { BASE_DATOS: base }) }
  const vistas = (siguiendo?: string) =>
    sesiones.map((sesion) =>
      pagina(t, () => vivo.ui, { sesion, anotar: testigos.pagina(sesion.id), ...(siguiendo !== undefined && { siguiendo }) }),
    )
  let mira = true
  const mirando = mirar(contexto, { vivo, testigos, sigue: () => mira })
  const dejarDeMirar = async (): Promise<void> => {
    mira = false
    await mirando
  }
  t.after(dejarDeMirar)
  return {
    ...{ nombre, banco, base, testigos, contexto, correo, reloj, vivo, env, sesiones, vistas, dejarDeMirar },
    cerrar: async () => {
      for (const cerrar of alCerrar) await cerrar()
    },
  }
}

export type Escena = Awaited<ReturnType<typeof abrirEscena>>

type Mirador = Readonly<{ vivo: { api: string }; testigos: Escena['testigos']; sigue: () => boolean }>

/** Mientras todo ocurre, alguien lee lo aceptado y anota lo que le dicen. Lo que no se pueda leer, no se anota. */
const mirar = async ({ diario, firmas }: Contexto, { vivo, testigos, sigue }: Mirador): Promise<void> => {
  for (; sigue(); await momento(ENTRE_MIRADAS_MS)) {
    const aceptados = diario.slice(-40).filter(({ desenlace }) => desenlace === 'ok')
    const uno = aceptados[Math.floor(Math.random() * aceptados.length)]
    if (uno === undefined) continue
    const [que, id] = uno.id_operacion === null ? (['reserva', uno.id_reserva] as const) : (['operacion', uno.id_operacion] as const)
    const camino = que === 'reserva' ? `/vuelos/reserva/${id}` : `/operaciones/${id}`
    const headers = uno.quien === null ? {} : { 'x-actor': firmas[uno.quien] ?? '' }
    const leido = await fetch(`${vivo.api}${camino}`, { headers, signal: AbortSignal.timeout(2_000) })
      .then(async (r) => (r.status === 200 ? ((await r.json()) as { estado: string }) : undefined))
      .catch(() => undefined)
    if (leido !== undefined && sigue()) testigos.visto({ que, id: String(id), estado: leido.estado })
  }
}

const TERMINADOS = ['enviado', 'ambiguo', 'sin_correo']

const esTerminadaDe =
  (sesion: string) =>
  ({ topico, data }: Mensaje): boolean =>
    topico === 'eventos-operacion' && (data.propietario === sesion || data.actor === `viajero:${sesion}`)

/** Deja que la última vida termine lo que haya, copia lo que quedó y lo da a juzgar. */
export const terminarEscena = async (escena: Escena, vistas: ReturnType<Escena['vistas']>, muertes: number): Promise<Corrida> => {
  const { nombre, banco, base, testigos, contexto, vivo, reloj } = escena
  const vida = { api: vivo.api, terminado: () => false }
  await cargar(contexto, vida, AL_FINAL)
  await repetirDesconocidos(contexto, vida)
  const sinSaldar = await quieto(vivo.api, { datos: banco.carpeta, base, plazoMs: DRENA_MS }).then(
    () => [],
    async (error: Error) => [`${nombre}: ${error.message}: ${await pendientes(vivo.api)}`],
  )
  const log = leerLog(base === undefined ? banco.carpeta : join(banco.carpeta, 'broker'))
  const apartados = new Set(log.filter(({ topico }) => topico.endsWith('-DLQ')).map(({ id }) => id))
  const eventos = log.filter(({ topico }) => topico === 'eventos-reserva')
  const todosTerminados = (): boolean => {
    const estados = correosDe(banco.carpeta)
    return eventos.every(({ id }) => apartados.has(id) || TERMINADOS.includes(estados.get(id) ?? ''))
  }
  // Si no ocurre, lo dirá el comprobador.
  await hastaQue('que salgan los correos', todosTerminados, DRENA_MS).catch(() => {})
  const terminadas = escena.sesiones.map(({ id }) => log.filter(esTerminadaDe(id)).length)
  const todoVisto = () => vistas.every((vista, i) => vista.cuantos() >= eventos.length && vista.terminadas() >= (terminadas[i] ?? 0))
  await hastaQue('que las páginas lo muestren', todoVisto, DRENA_MS).catch(() => {})
  await Promise.all(vistas.map((vista) => vista.terminar()))
  await escena.dejarDeMirar()
  await volcar(testigos.carpeta, { datos: banco.carpeta, base })
  const { cuentas, faltas } = await juzgarAparte(testigos.carpeta)
  const faltantes = faltas.map(({ ley, que }) => `${nombre}: ${ley} ${que}`)
  return {
    nombre,
    muertes,
    cuentas: { ...cuentas, apartados: apartados.size },
    faltas: [...sinSaldar, ...faltantes],
    vueltas: reloj.vueltas,
    carpeta: testigos.carpeta,
  }
}

const pendientes = async (api: string): Promise<string> =>
  [...(await (await fetch(`${api}/metrics`)).text()).matchAll(/^broker_pendientes\{.*\} [1-9]\d*$/gm)].join(' · ')

type Veredicto = Readonly<{ cuentas: Readonly<Record<string, number>>; faltas: readonly Falta[] }>

/** El comprobador, en un proceso suyo, sobre una carpeta. Lanza si no llegó a juzgar. */
export const juzgarAparte = (carpeta: string): Promise<Veredicto> =>
  new Promise((resolver, rechazar) =>
    execFile(process.execPath, [COMPROBADOR, carpeta, '--json'], { maxBuffer: 1 << 28 }, (error, salida, errores) => {
      if (salida === '') rechazar(new Error(`El comprobador no juzgó: ${errores}`, { cause: error }))
      else resolver(JSON.parse(salida) as Veredicto)
    }),
  )
