import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { nuevoEspacio, pulsarDePrueba } from 'seedwork/infraestructura/broker/pulsar/servicio_de_prueba.ts'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { CLAVE } from '../apoyo/api.ts'
import { abrirServidorDeCorreo } from '../apoyo/correo.ts'
import { type Contexto, cargar, type Diario, repetirDesconocidos } from '../procesos/apoyo/carga.ts'
import { hastaQue } from '../procesos/apoyo/hechos.ts'
import { type FilaDeLog, faltas, leerRestos } from '../procesos/apoyo/leyes.ts'
import { drenado, faltasPorFuera, firmasCon } from '../procesos/apoyo/por_fuera.ts'
import { type Servicio, unosServicios } from '../procesos/apoyo/servicios.ts'
import { unBanco } from '../procesos/apoyo/servidor.ts'
import { correosDe } from '../procesos/apoyo/testigos.ts'
import { leerTodoElLog } from './log.ts'
import { porSalir, sobrePulsar } from './procesos.ts'

const PLAZO_MS = 60_000

const nombreDe = ({ topico, id }: FilaDeLog): string => `${topico} ${id}`

const logEmbebido = (carpeta: string): readonly FilaDeLog[] => {
  const db = new DatabaseSync(join(carpeta, 'aeroalpes.db'), { readOnly: true, timeout: 5_000 })
  try {
    return db.prepare('SELECT topico, id, llave, propiedades, datos FROM outbox ORDER BY posicion').all() as FilaDeLog[]
  } finally {
    db.close()
  }
}

test('un sistema que corre sobre el embebido pasa a Pulsar con mensajes sin entregar: no se pierde ni se repite ninguno, y sigue', async (t) => {
  const { espacio, borrar } = await nuevoEspacio()
  const { puertoHttp } = pulsarDePrueba()
  const banco = unBanco(t)
  const { carpeta } = banco
  const correo = await abrirServidorDeCorreo({ soloCabeceras: true })
  t.after(correo.cerrar)
  t.after(borrar)
  const conPulsar = sobrePulsar(puertoHttp, espacio)
  const deAntes = unosServicios(banco, { smtp: correo.url, comun: { AEROALPES_CLAVE_ACTOR: CLAVE.toString('base64url') } })
  const firmas = firmasCon(CLAVE, 'ana', 'beto')
  const diario: Diario = []
  const contexto: Contexto = { diario, azar: mulberry32(20_261_126), firmas: firmas.viajeros }
  const vidaDe = ({ direcciones, terminado }: Servicio) => ({ api: direcciones.api ?? '', terminado })

  const antes = await deAntes.arrancar('api')
  const notificaba = await deAntes.arrancar('notificaciones')
  await cargar(contexto, vidaDe(antes), 60)
  notificaba.senal('SIGKILL')
  await notificaba.fin()
  await cargar(contexto, vidaDe(antes), 200)
  // Con comandos aceptados y sin cumplir, y con todo lo que a las notificaciones les falta.
  const carga = cargar(contexto, vidaDe(antes))
  const vistos = diario.length
  await hastaQue('que acepte más', () => diario.length > vistos + 30)
  antes.senal('SIGKILL')
  await Promise.all([antes.fin(), carga])
  const enElEmbebido = logEmbebido(carpeta)

  const deAhora = unosServicios(banco, { smtp: correo.url, comun: conPulsar, plazoMs: PLAZO_MS })
  const api = await deAhora.arrancar('api')
  assert.match(`${api.salida()}${api.errores()}`, /lo que el broker embebido no había entregado sale ahora por Pulsar/)
  await Promise.all([deAhora.arrancar('notificaciones'), deAhora.arrancar('ui'), deAhora.arrancar('sidecar')])
  const vida = vidaDe(api)
  await repetirDesconocidos(contexto, vida)
  await cargar(contexto, vida, 60)
  await hastaQue('que todo salga hacia Pulsar', () => porSalir(carpeta) === 0, PLAZO_MS)
  await drenado(vida.api, PLAZO_MS)

  const enPulsar = await leerTodoElLog({ puertoHttp, espacio })
  assert.equal(new Set(enPulsar.map(nombreDe)).size, enPulsar.length, 'uno se publicó dos veces en Pulsar')
  const ya = new Set(enElEmbebido.map(nombreDe))
  const mudados = enPulsar.filter((fila) => ya.has(nombreDe(fila))).length
  assert.ok(mudados > 100, `sólo se mudaron ${mudados}`)
  assert.ok(mudados < enElEmbebido.length, 'se mudó también lo que ya se había entregado')
  const restos = leerRestos(carpeta, [...enElEmbebido, ...enPulsar.filter((fila) => !ya.has(nombreDe(fila)))])
  assert.deepEqual(faltas(restos, diario).slice(0, 20), [])
  assert.deepEqual((await faltasPorFuera(vida.api, { restos, diario, firmas })).slice(0, 20), [])
  const eventos = restos.log.filter(({ topico }) => topico === 'eventos-reserva')
  await hastaQue('que las notificaciones lo atiendan todo', () => correosDe(carpeta).size >= eventos.length, PLAZO_MS)
  t.diagnostic(`${enElEmbebido.length} mensajes en el embebido, ${mudados} de ellos sin entregar · ${diario.length} intentos`)
})
