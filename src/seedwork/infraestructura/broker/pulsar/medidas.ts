import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

type Enchufado = 'productor' | 'consumidor' | 'lector'

/** Lo que el adaptador cuenta de sí mismo. */
export type Medidas = Readonly<{
  enviado: (segundos: number) => void
  reconectado: (quien: Enchufado) => void
  reentregado: (cuantos: number) => void
  apartado: () => void
}>

const SIN_MEDIR: Medidas = { enviado: () => {}, reconectado: () => {}, reentregado: () => {}, apartado: () => {} }
const BORDES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Añade a `registro` lo que se mide del adaptador; sin él no se mide nada. `enVuelo` se pregunta al leer las medidas. */
export const crearMedidas = (registro: Registry | undefined, enVuelo: () => number): Medidas => {
  if (registro === undefined) return SIN_MEDIR
  const registers = [registro]
  const envio = new Histogram({
    name: 'pulsar_envio_segundos',
    help: 'De enviar un mensaje a que Pulsar lo confirma',
    buckets: BORDES,
    registers,
  })
  const reconexiones = new Counter({
    name: 'pulsar_reconexiones_total',
    help: 'Conexiones con Pulsar que se cortaron',
    labelNames: ['quien'],
    registers,
  })
  const reentregas = new Counter({ name: 'pulsar_reentregas_total', help: 'Mensajes que Pulsar volvió a entregar', registers })
  const apartados = new Counter({ name: 'broker_apartados_total', help: 'Mensajes puestos en un tópico de apartados', registers })
  new Gauge({
    name: 'pulsar_en_vuelo',
    help: 'Mensajes enviados que Pulsar todavía no confirma',
    registers,
    collect() {
      this.set(enVuelo())
    },
  })
  return {
    enviado: (segundos) => envio.observe(segundos),
    reconectado: (quien) => reconexiones.inc({ quien }),
    reentregado: (cuantos) => reentregas.inc(cuantos),
    apartado: () => apartados.inc(),
  }
}
