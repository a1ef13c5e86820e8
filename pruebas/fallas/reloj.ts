// npm run pruebas -- R9 [--saltos 22 --entre-dos 8 --aparte 6 --semilla N]: la hora de un proceso salta mientras atiende.
import { setTimeout as momento } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { type Contexto, cargar } from '../../tests/procesos/apoyo/carga.ts'
import { abrirDosApis } from '../../tests/procesos/apoyo/dos_apis.ts'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { faltas, leerRestos } from '../../tests/procesos/apoyo/leyes.ts'
import { drenado, leer } from '../../tests/procesos/apoyo/por_fuera.ts'
import { PRINCIPAL, unBanco } from '../../tests/procesos/apoyo/servidor.ts'
import { correosDe } from '../../tests/procesos/apoyo/testigos.ts'
import { anunciar, type Visto } from '../puerta.ts'
import { conAlcance, conPlazo, decir } from './apoyo/alcance.ts'
import { enProcesosAparte } from './apoyo/aparte.ts'
import { contarFaltas, controlDeLeyes } from './apoyo/cuentas.ts'
import { PRECARGA, SALTOS, type Salto, saltar, tempranos } from './apoyo/saltos.ts'

const VUELVE_MS = 10_000
/** Cuántos pedidos se atienden entre salto y salto. */
const ENTRE_SALTOS = 16

const { values } = parseArgs({
  options: {
    saltos: { type: 'string', default: String(SALTOS.length) },
    'entre-dos': { type: 'string', default: '8' },
    aparte: { type: 'string', default: '6' },
    semilla: { type: 'string', default: '1' },
  },
})

const elegir = (cuantos: number): readonly Salto[] => Array.from({ length: cuantos }, (_, i) => SALTOS[i % SALTOS.length] as Salto)

/** Tantas rondas, con tres saltos distintos cada una. De cinco en cinco, desde el de diez años, salen todos y mezclados. */
const rondasDe = (cuantas: number) => {
  const salto = (i: number): Salto => SALTOS[(14 + i * 5) % SALTOS.length] as Salto
  return Array.from({ length: cuantas }, (_, i) => ({
    notificaciones: salto(3 * i),
    ui: salto(3 * i + 1),
    sidecar: salto(3 * i + 2),
  }))
}

/** Espera a que el último comando aceptado se cumpla, bien o mal. */
const cumplido = async (api: string, { diario }: Contexto): Promise<void> => {
  const ultimo = diario.findLast(({ id_operacion }) => id_operacion !== null)?.id_operacion
  const terminada = async (): Promise<boolean> =>
    ['completada', 'fallida'].includes((await leer<{ estado: string }>(`${api}/operaciones/${ultimo}`)).estado)
  if (ultimo !== undefined) await hastaQue('que se cumpla lo último aceptado', terminada, VUELVE_MS)
}

type Tanda = Readonly<{ faltas: readonly string[]; temprano: readonly string[]; control: 'rojo' | 'verde'; vuelve: number }>

/** Todo el sistema en un proceso: después de cada salto se sigue aceptando y cumpliendo, y al final cada correo salió. */
const enUnProceso = (cuantos: number, adelantado = false): Promise<Tanda> =>
  conAlcance(async (alcance) => {
    const banco = unBanco(alcance)
    const env = { TZ: 'Europe/Madrid', ...(adelantado && { RELOJ_ADELANTADO: '1' }) }
    const servidor = await banco.arrancar({ args: ['--import', PRECARGA, PRINCIPAL], env })
    // Sin viajeros: lo que firma quien pide vence por el reloj de quien atiende.
    const contexto: Contexto = { diario: [], azar: mulberry32(Number(values.semilla)), firmas: {} }
    let vuelve = 0
    for (const { desfase } of elegir(cuantos)) {
      const hasta = contexto.diario.length + ENTRE_SALTOS
      const carga = cargar(contexto, servidor, ENTRE_SALTOS * 2)
      await hastaQue('que atienda', () => contexto.diario.length >= hasta)
      const desde = performance.now()
      await saltar(servidor.pid, banco.carpeta, desfase())
      await carga
      await hastaQue(
        'que se acepte otra vez',
        async () => {
          const antes = contexto.diario.length
          await cargar(contexto, servidor, 1)
          return contexto.diario.slice(antes).every(({ desenlace }) => desenlace === 'ok')
        },
        VUELVE_MS,
      )
      await cumplido(servidor.api, contexto)
      vuelve = Math.max(vuelve, performance.now() - desde)
    }
    await drenado(servidor.api, VUELVE_MS)
    const restos = leerRestos(banco.carpeta)
    const eventos = restos.log.filter(({ topico }) => topico === 'eventos-reserva')
    const estados = () => [...correosDe(banco.carpeta).values()]
    const correos = await hastaQue('que salgan los correos', () => estados().length >= eventos.length, VUELVE_MS).catch(() => false)
    servidor.senal('SIGTERM')
    const { codigo } = await servidor.fin()
    return {
      faltas: [
        ...faltas(restos, contexto.diario),
        ...(correos ? [] : [`hay ${eventos.length} eventos y ${estados().length} correos`]),
        ...(codigo === 0 ? [] : [`el proceso terminó con ${codigo}: ${servidor.errores()}`]),
      ],
      temprano: tempranos(banco.carpeta),
      control: controlDeLeyes(restos, contexto.diario),
      vuelve,
    }
  })

/** Dos API sobre un PostgreSQL y un broker: salta la hora de una sola, y vuelve. */
const enUnaDeDos = (cuantos: number): Promise<Omit<Tanda, 'vuelve'>> =>
  conAlcance(async (alcance) => {
    const env = { NODE_OPTIONS: `--import ${PRECARGA}` }
    const dos = await abrirDosApis(alcance, { semilla: Number(values.semilla), env, viajeros: [] })
    const dejarDeCargar = dos.cargar(8, 50)
    for (const [i, { desfase }] of elegir(cuantos).entries()) {
      await dos.queSigan(ENTRE_SALTOS)
      const { proceso } = dos.apis[i % 2 === 0 ? 0 : 1]
      await saltar(proceso.pid, proceso.carpeta, desfase())
      await dos.queSigan(ENTRE_SALTOS)
      await momento(100)
      await saltar(proceso.pid, proceso.carpeta, 0)
    }
    await dejarDeCargar()
    const { restos, halladas } = await dos.saldar()
    return {
      faltas: [...halladas, ...(await dos.detener())],
      temprano: dos.apis.flatMap(({ proceso }) => tempranos(proceso.carpeta)),
      control: controlDeLeyes(restos, dos.contexto.diario),
    }
  })

const ver = async (): Promise<Visto> => {
  const [saltos, entreDos, rondas] = [Number(values.saltos), Number(values['entre-dos']), Number(values.aparte)]
  const uno = await enUnProceso(saltos)
  decir(`${saltos} saltos de un proceso`)
  const dos = await enUnaDeDos(entreDos)
  decir(`${entreDos} saltos de una API entre dos`)
  const solos = await enProcesosAparte(rondasDe(rondas), Number(values.semilla))
  decir(`${rondas} saltos de tres procesos a la vez`)
  const adelantado = await enUnProceso(1, true)
  const partes = [uno, dos, solos]
  const [halladas, temprano] = [partes.flatMap((parte) => parte.faltas), partes.flatMap((parte) => parte.temprano)]
  return {
    id: 'R9',
    nombre: 'reloj',
    corridas: saltos + entreDos + 3 * rondas,
    cuentas: {
      semilla: values.semilla,
      aparte: 3 * rondas,
      ...contarFaltas(halladas),
      tempranos: temprano.length,
      sigue_max_ms: Math.round(uno.vuelve),
    },
    control: partes.every(({ control }) => control === 'rojo') && adelantado.temprano.length > 0 ? 'rojo' : 'verde',
    faltas: [...halladas, ...temprano.map((cual) => `un temporizador de ${cual}`)],
    detalle: [
      `saltos: ${elegir(saltos)
        .map(({ nombre }) => nombre)
        .join(', ')}`,
      'control: a un proceso cuyos temporizadores suenan a la mitad se le ve',
    ],
  }
}

conPlazo(Math.max(120, Number(values.saltos) * 12) + Number(values.aparte) * 10)
anunciar(await ver())
